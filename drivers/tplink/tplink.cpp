// TP-Link Kasa devices by their address: each under its own id, and never another in its place.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "appliance.hpp"
#include "hearth/driver.hpp"
#include "memory.hpp"

namespace tplink {
namespace {

constexpr std::size_t kMostAddresses = 1000;
// Before home's own deadline for a command.
constexpr std::chrono::milliseconds kSpare{500};

using Finder = std::function<void(hearth::Result<std::vector<hearth::FoundDevice>>)>;
using Taker = std::function<void(hearth::Result<std::string>)>;

// One address that we were given, and what is shown of it.
struct Site {
  std::string given;           // the address as a person wrote it; the house knows the device by it
  std::string name, location;  // as configured; may be empty
  std::unique_ptr<Appliance> appliance;
  hearth::Device shown;  // id empty: nothing; "@192.0.2.7:9999": its own id isn't known yet
  Info info;
  std::map<std::string, hearth::Value> reported;
  std::vector<Taker> takers;

  bool identified() const { return !shown.id.empty() && shown.id.front() != '@'; }
};

class Tplink : public hearth::Driver, private Appliance::Owner {
 public:
  explicit Tplink(hearth::Context& context)
      : Driver(context), io_(context), memory_(Memory::read(context.saved)) {}

  void start() override {
    if (ctx.config.flag("discover", false))
      ctx.log.warning("discover: not offered yet; devices are found by their address");
    timing_.poll = seconds("poll_s", 15);
    timing_.metered_poll = seconds("metered_poll_s", 5);
    for (const auto& table : ctx.config.tables("device")) {
      const auto address = parse_address(table.text("host"));
      if (!address.ok()) throw std::runtime_error(address.error().words);
      if (sites_.contains(address->text()))
        throw std::runtime_error("two devices have the host " + address->text());
      add(*address, table.text("host"), table.text("name", ""), table.text("location", ""));
    }
  }

  void stop() override {
    const hearth::Error why{hearth::ErrorCode::kCancelled, "the plugin is stopping"};
    for (auto& [address, site] : sites_) {
      site.appliance->stop(why);
      answer_takers(site, why);
    }
  }

  void begin_apply(const hearth::Command& command, hearth::Completion done) override {
    auto* found = keeper(command.device);
    if (!found) return done.fail(hearth::ErrorCode::kUnreachable, "nothing is known of where it is now");
    auto& site = *found;
    const auto* on = std::get_if<bool>(&command.value);
    if (command.capability != "on_off" || !on || site.info.how == Switch::kNone)
      return done.fail(hearth::ErrorCode::kInvalid, "the device can't do that");
    auto kept = std::make_shared<hearth::Completion>(std::move(done));
    const auto time = std::max(kSpare, std::chrono::milliseconds(command.deadline_ms) - kSpare);
    site.appliance->switch_to(command.device, site.info.how, *on, time,
                              [&site, command, kept](hearth::Status status) {
                                if (!status.ok()) return kept->fail(status.error());
                                site.reported[command.capability] = command.value;
                                kept->ok(command.value);
                              });
  }

  void take(const hearth::DeviceWanted& wanted, Taker done) override {
    const auto address = parse_address(wanted.address);
    if (owners_.contains(wanted.address)) return done(wanted.address);  // by its id, not by its address
    if (!address.ok()) return done(address.error());
    const auto found = sites_.find(address->text());
    if (found == sites_.end() && sites_.size() >= kMostAddresses)
      return done(hearth::Error{hearth::ErrorCode::kBusy, "there are too many devices"});
    auto& site =
        found == sites_.end() ? add(*address, wanted.address, wanted.name, wanted.location) : found->second;
    if (site.identified()) return done(site.shown.id);
    site.takers.push_back(std::move(done));
    site.appliance->poll();  // someone waits
  }

  void discover(Finder done) override {
    for (const auto& table : ctx.config.tables("device")) {
      const auto address = parse_address(table.text("host"));
      if (address.ok() && !sites_.contains(address->text()))
        add(*address, table.text("host"), table.text("name", ""), table.text("location", ""));
    }
    std::vector<hearth::FoundDevice> all;
    for (const auto& [address, site] : sites_)
      if (site.identified())
        all.push_back(
            {site.shown.id, site.shown.name, site.shown.address, site.shown.kind, site.info.model, 1});
    done(std::move(all));
  }

  // The house has deleted it: what was learnt about its address goes as well.
  void forgotten(const std::string& device) override {
    for (auto it = sites_.begin(); it != sites_.end(); ++it) {
      auto& site = it->second;
      if (site.shown.id.empty() || site.shown.id != device) continue;
      std::erase_if(owners_, [&](const auto& owner) { return owner.second == it->first; });
      if (memory_.forget(it->first)) remember();
      site.appliance->stop({hearth::ErrorCode::kUnreachable, "the device was deleted"});
      answer_takers(site, hearth::Error{hearth::ErrorCode::kCancelled, "the device was deleted"});
      sites_.erase(it);
      return;
    }
  }

 private:
  std::chrono::milliseconds seconds(const std::string& key, double fallback) const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(ctx.config.number(key, fallback) * 1000));
  }

  // ---- Addresses and the devices behind them ----------------------------------------------------------

  Site& add(const Address& address, const std::string& given, const std::string& name,
            const std::string& location) {
    auto& site = sites_[address.text()];
    site.given = given;
    site.name = name;
    site.location = location;
    Appliance::Owner& owner = *this;
    site.appliance = std::make_unique<Appliance>(io_, address, timing_, owner);
    const auto* known = memory_.find(address.text());
    if (known && !owners_.contains(known->id)) {
      owners_[known->id] = address.text();
      show(site, *known, false, "it has not answered since the start");
    } else {
      announce(site, "it has not answered yet");
    }
    site.appliance->poll();
    return site;
  }

  // Before its own id is known it goes by its address.
  void announce(Site& site, std::string reason) {
    site.shown = {"@" + site.given,
                  site.name.empty() ? "TP-Link at " + site.given : site.name,
                  {},
                  site.location,
                  site.given};
    site.shown.reachable = false;
    site.shown.reason = std::move(reason);
    declare(site.shown);
  }

  void show(Site& site, const Info& info, bool answers, std::string reason) {
    hearth::Device device{info.id, name_of(site, info), {}, site.location, site.given};
    if (info.how != Switch::kNone) device.capabilities.emplace_back("on_off");
    if (info.metered)
      for (const auto* name : {"power", "energy", "voltage", "current"})
        device.capabilities.emplace_back(name);
    device.capabilities.emplace_back("signal");
    device.kind = info.kind;
    device.reachable = answers;
    device.reason = std::move(reason);
    const bool same = device.id == site.shown.id && device.name == site.shown.name &&
                      device.kind == site.shown.kind && device.capabilities == site.shown.capabilities &&
                      device.address == site.shown.address;
    const auto before = std::exchange(site.shown, device);
    site.info = info;
    if (!same) {
      declare(device, before.id == device.id ? std::string() : before.id);
    } else if (before.reachable != answers || before.reason != device.reason) {
      reachable(device.id, answers, device.reason);
    }
  }

  static std::string name_of(const Site& site, const Info& info) {
    for (const auto* name : {&site.name, &info.alias, &info.model})
      if (!name->empty()) return *name;
    return info.id;
  }

  // Where a device is looked after; null if it was seen once but has lost its address since.
  Site* keeper(const std::string& id) {
    const auto owner = owners_.find(id);
    if (owner == owners_.end()) return nullptr;
    auto& site = sites_.at(owner->second);
    return site.shown.id == id ? &site : nullptr;
  }

  Site& site_of(const Appliance& appliance) { return sites_.at(appliance.address().text()); }

  static void answer_takers(Site& site, const hearth::Result<std::string>& answer) {
    for (const auto& taker : std::exchange(site.takers, {})) taker(answer);
  }

  // ---- What appliances tell ---------------------------------------------------------------------------

  // A device may move to another of the addresses that we were given, but a stranger never takes its place.
  hearth::Status admits(const Appliance& appliance, const std::string& id) override {
    const auto& site = site_of(appliance);
    if (!site.identified() || site.shown.id == id || owners_.contains(id)) return {};
    return {hearth::ErrorCode::kUnreachable,
            "another device (" + id + ") answers at " + appliance.address().text() + "; it is left alone"};
  }

  bool answered(Appliance& appliance, const Reading& reading) override {
    const auto& id = reading.info.id;
    const auto address = appliance.address().text();
    auto& site = sites_.at(address);
    auto* other = keeper(id);
    if (other == &site) other = nullptr;
    if (other && other->appliance->answering()) {
      if (!site.shown.id.empty()) withdraw(site);
      answer_takers(site, id);
      return false;
    }
    if (other) moved(*other, site, id);
    if (site.identified() && site.shown.id != id) withdraw(site);
    owners_[id] = address;
    show(site, reading.info, true, {});
    if (memory_.learn(address, reading.info)) remember();
    report_all(site, reading);
    answer_takers(site, id);
    return true;
  }

  void silent(Appliance& appliance, const hearth::Error& why) override {
    auto& site = site_of(appliance);
    answer_takers(site, hearth::Error{hearth::ErrorCode::kUnreachable, why.words});
    if (site.shown.id.empty() || (!site.shown.reachable && site.shown.reason == why.words)) return;
    if (site.shown.reachable) ctx.log.of(site.shown.id).warning("unreachable: ", why.words);
    site.shown.reachable = false;
    site.shown.reason = why.words;
    reachable(site.shown.id, false, why.words);
  }

  // `id` answers at `to` now; `from` shows nothing until something answers there.
  void moved(Site& from, Site& to, const std::string& id) {
    ctx.log.of(id).info("has moved from ", from.appliance->address().text(), " to ",
                        to.appliance->address().text());
    if (memory_.forget(from.appliance->address().text())) remember();
    from.shown = {};
    from.reported.clear();
  }

  // What the site showed isn't there any more: a makeshift id goes for good, a device may turn up at another
  // address.
  void withdraw(Site& site) {
    if (site.identified()) {
      reachable(site.shown.id, false, "its address is another device's now");
    } else {
      remove(site.shown.id);
    }
    site.shown = {};
    site.reported.clear();
  }

  // ---- Facts ------------------------------------------------------------------------------------------

  void report_all(Site& site, const Reading& reading) {
    const auto tell = [&](const char* capability, hearth::Value value) {
      auto& last = site.reported[capability];
      if (last == value) return;
      last = value;
      report(site.shown.id, capability, std::move(value));
    };
    if (reading.info.on && reading.info.how != Switch::kNone) tell("on_off", *reading.info.on);
    if (reading.info.rssi) tell("signal", *reading.info.rssi);
    if (!reading.meter || !reading.info.metered) return;
    const auto& meter = *reading.meter;
    if (meter.power_w) tell("power", *meter.power_w);
    if (meter.energy_wh) tell("energy", *meter.energy_wh);
    if (meter.voltage_v) tell("voltage", *meter.voltage_v);
    if (meter.current_a) tell("current", *meter.current_a);
  }

  void remember() {
    const auto saved = ctx.save(memory_.bytes());
    if (!saved.ok()) ctx.log.warning("what was learnt is not kept: ", saved.error().words);
  }

  hearth::net::Io io_;
  Timing timing_;
  Memory memory_;
  std::map<std::string, Site> sites_;          // by address
  std::map<std::string, std::string> owners_;  // id -> the address where it was seen last
};

}  // namespace
}  // namespace tplink

HEARTH_PLUGIN(tplink::Tplink)
