// Devices that exist only here; slow, unreliable and dead ones too. All on the loop, nothing blocks.
#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "../common/status_light.hpp"
#include "hearth/driver.hpp"
#include "model.hpp"

namespace simulated {
namespace {

constexpr std::size_t kMostDevices = 8192;
constexpr std::size_t kLongestId = 128;

bool fit_for_id(const std::string& text) {
  return !text.empty() && text.size() <= kLongestId &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

struct Simulation {
  hearth::Device device;
  Model model;
  std::chrono::milliseconds latency{0};
  double failure_rate = 0;
  std::unique_ptr<hearth::drivers::StatusLight> status = {};  // of a lamp that shows one
};

class Simulated : public hearth::Driver {
 public:
  using Driver::Driver;

  void start() override {
    started_ = ctx.loop.steady();
    for (const auto& table : ctx.config.tables("device")) {
      add(table);
      configured_[table.text("id")] = table;
    }
    ctx.log.debug(devices_.size(), " simulated devices");
  }

  void stop() override {
    for (auto& [key, held] : held_) held.done->fail(hearth::ErrorCode::kCancelled, "the plugin is stopping");
    held_.clear();
    reporter_.reset();
  }

  void begin_apply(const hearth::Command& command, hearth::Completion done) override {
    const auto found = devices_.find(command.device);
    if (found == devices_.end())
      return done.fail(hearth::ErrorCode::kUnreachable, "the house has deleted it");
    auto& held = held_[{command.device, command.capability}];
    held = {{}, std::make_shared<hearth::Completion>(std::move(done))};
    const auto& simulation = found->second;
    if (!simulation.device.reachable) return;  // never answers: home ends the command at its deadline
    if (simulation.latency.count() == 0) return finish(command);
    held.timer = ctx.loop.after(simulation.latency, [this, command] { finish(command); });
  }

  // A configured device; or a light that has the address as its id. Home asks again after each start.
  void take(const hearth::DeviceWanted& wanted,
            std::function<void(hearth::Result<std::string>)> done) override {
    if (!fit_for_id(wanted.address))
      return done(
          hearth::Error{hearth::ErrorCode::kInvalid, "an address here is 1 to 128 bytes of plain text"});
    if (devices_.size() >= kMostDevices && !devices_.contains(wanted.address))
      return done(hearth::Error{hearth::ErrorCode::kBusy, "there are too many simulated devices"});
    if (const auto configured = configured_.find(wanted.address); configured != configured_.end()) {
      if (!devices_.contains(wanted.address)) add(configured->second);
    } else if (!devices_.contains(wanted.address)) {
      hearth::Device device{
          wanted.address, wanted.name.empty() ? wanted.address : wanted.name, {}, wanted.location};
      add({std::move(device), Model(wanted.address, Kind::kLight)});
    }
    done(wanted.address);
  }

  void discover(std::function<void(hearth::Result<std::vector<hearth::FoundDevice>>)> done) override {
    for (const auto& [id, table] : configured_)
      if (!devices_.contains(id)) add(table);
    done(found());
  }

  // If it is wanted again it is a new one.
  void forgotten(const std::string& device) override {
    std::erase_if(held_, [&](const auto& held) { return held.first.first == device; });
    devices_.erase(device);
  }

 private:
  // A command that isn't answered yet; one for each device and capability, as home sends them.
  struct Held {
    hearth::Handle timer;
    std::shared_ptr<hearth::Completion> done;
  };

  double seconds() const { return std::chrono::duration<double>(ctx.loop.steady() - started_).count(); }

  void add(const hearth::Config& table) {
    const auto id = table.text("id"), word = table.text("kind");
    const auto kind = kind_of(word);
    if (!fit_for_id(id)) throw std::runtime_error("not fit for an id: '" + id + "'");
    if (!kind) throw std::runtime_error("device '" + id + "': no such kind: '" + word + "'");
    if (devices_.contains(id)) throw std::runtime_error("two devices have the id '" + id + "'");
    hearth::Device device{id, table.text("name", id), {}, table.text("location", "")};
    device.reachable = table.flag("reachable", true);
    if (!device.reachable) device.reason = "simulated as a device that never answers";
    add({std::move(device), Model(id, *kind, table.has("shows")),
         std::chrono::milliseconds(table.integer("latency_ms", 0)), table.number("failure_rate", 0)});
    follow_status(id, *kind, table);
  }

  // The lamp is like any other otherwise: it can be switched, until the status changes.
  void follow_status(const std::string& id, Kind kind, const hearth::Config& table) {
    if (!table.has("shows") && table.has("shows_class"))
      throw std::runtime_error("device '" + id + "': shows_class needs shows");
    if (!table.has("shows")) return;
    if (kind == Kind::kPlug || kind == Kind::kSensor)
      throw std::runtime_error("device '" + id + "': only a lamp can show a status");
    const auto word = table.text("shows_class", "");
    const auto only = hearth::drivers::status_class(word);
    if (!only && !word.empty())
      throw std::runtime_error("device '" + id + "': no such class: '" + word + "'");
    devices_.at(id).status = std::make_unique<hearth::drivers::StatusLight>(
        ctx, table.text("shows"), only, [this, id](std::string_view pattern, std::uint64_t cause) {
          auto& simulation = devices_.at(id);
          simulation.model.show(pattern);
          if (simulation.device.reachable) report_changes(simulation, cause);
        });
  }

  void add(Simulation simulation) {
    auto& device = simulation.device;
    device.capabilities = simulation.model.capabilities();
    device.address = device.id;
    device.kind = simulation.model.category();
    auto& kept = devices_.insert_or_assign(device.id, std::move(simulation)).first->second;
    declare(kept.device);
    if (!kept.device.reachable) return;
    report_changes(kept);
    if (kept.model.drifts() && !reporter_) start_reporting();
  }

  // Only when something drifts: a house of lights stays asleep.
  void start_reporting() {
    const auto period = std::chrono::duration<double>(ctx.config.number("report_s", 10));
    reporter_ = ctx.loop.every(std::chrono::duration_cast<hearth::Microseconds>(period), [this] {
      for (auto& [id, simulation] : devices_)
        if (simulation.model.drifts() && simulation.device.reachable) report_changes(simulation);
    });
  }

  void report_changes(Simulation& simulation, std::uint64_t cause = 0) {
    for (const auto& [capability, value] : simulation.model.changes(seconds()))
      report(simulation.device.id, capability, value, cause);
  }

  void finish(const hearth::Command& command) {
    const auto held = held_.extract({command.device, command.capability});
    if (held.empty()) return;
    auto& done = *held.mapped().done;
    auto& simulation = devices_.at(command.device);
    if (simulation.model.next_fails(simulation.failure_rate))
      return done.fail(hearth::ErrorCode::kFailed, "simulated failure");
    simulation.model.set(command.capability, command.value, seconds());
    report_changes(simulation, done.cause());  // a plug's power follows its switch, a pattern too
    done.ok(command.value);
  }

  hearth::Microseconds started_{0};
  std::map<std::string, hearth::Config> configured_;  // by id, deleted ones too
  std::map<std::string, Simulation> devices_;
  std::map<std::pair<std::string, std::string>, Held> held_;
  hearth::Handle reporter_;
};

}  // namespace
}  // namespace simulated

HEARTH_PLUGIN(simulated::Simulated)
