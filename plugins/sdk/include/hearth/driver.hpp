// Driver: the base of a plugin that owns devices. The easy way writes devices() and apply(); the scalable way
// begin_apply().
#ifndef HEARTH_DRIVER_HPP
#define HEARTH_DRIVER_HPP

#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hearth/plugin.hpp"

namespace hearth {

// A device as its driver offers it: {"id", "Name", {"on_off", "brightness"}}.
struct Device {
  std::string
      id;  // native: any text without control characters, at most 128 bytes, stable for ever; not empty
  std::string name;
  std::vector<Capability> capabilities;
  std::string location = {}, address = {};
  std::int32_t channel = 0;
  std::string kind = {};  // "plug", "bulb", "dimmer", "strip", "lightstrip", "sensor"
  bool reachable = true;
  std::string reason = {};
};

class Driver;

// What apply has to end in: exactly one of ok and fail. Dropped, it fails in words. Move-only. [loop]
class Completion {
 public:
  Completion(Context& ctx, std::string device, std::string capability, std::uint64_t cause, Reply reply)
      : ctx_(&ctx),
        device_(std::move(device)),
        capability_(std::move(capability)),
        cause_(cause),
        reply_(std::move(reply)) {}

  // The device does it now: `value` becomes its reported state, then the command ends well. Value none: no
  // state to report.
  void ok(const Value& value) {
    if (type_of(value) != ValueType::kNone) {
      const auto sent = ctx_->bus.publish(StateChanged{device_, capability_, value}, cause_);
      if (!sent.ok()) ctx_->log.warning(device_, ": state not reported: ", sent.error().words);
    }
    reply_.ok();
  }
  void fail(ErrorCode code, std::string_view words) { reply_.fail(code, words); }
  void fail(const Error& error) { reply_.fail(error.code, error.words); }

  // Id of the command: the cause of what follows from it.
  std::uint64_t cause() const { return cause_; }

 private:
  Context* ctx_;
  std::string device_, capability_;
  std::uint64_t cause_;
  Reply reply_;
};

class Driver : public Plugin {
 public:
  using Plugin::Plugin;

  // ---- The easy way -----------------------------------------------------------------------------------

  // What to offer once start has returned. More may be declared later. [loop]
  virtual std::vector<Device> devices() { return {}; }

  // Carries out a command that home has checked: the device is one of yours (`command.device` is its native
  // id), the capability is writable, the value has its type and range. Returns the value that the device has
  // now. May block and throw. [worker], one at a time and in order for each device
  virtual Value apply(const Command& command) {
    throw std::runtime_error("the driver can't do " + command.capability);
  }

  // Called for each declared device every poll_interval() (0: never); report() what you see. May block and
  // throw. [worker]
  virtual void poll(const std::string& device) { (void)device; }
  virtual std::chrono::milliseconds poll_interval() const { return std::chrono::milliseconds(0); }

  // The plugin is stopping: make a blocked apply or poll return, such as with shutdown(2). [loop], while
  // workers run
  virtual void interrupt() {}

  // ---- The scalable way: never blocks, ends `done` later ----------------------------------------------

  virtual void begin_apply(const Command& command, Completion done) {
    auto result = std::make_shared<Value>();
    auto kept = std::make_shared<Completion>(std::move(done));
    ctx.loop.work(
        key(command.device), [this, command, result] { *result = apply(command); },
        [kept, result](const Status& status) {
          status.ok() ? kept->ok(*result) : kept->fail(status.error());
        });
  }

  // Someone asks for a device at an address (DeviceWanted); end `done` with its native id once that is known.
  // [loop]
  virtual void take(const DeviceWanted& wanted, std::function<void(Result<std::string>)> done) {
    (void)wanted;
    const auto refuse = std::move(done);
    refuse(Error{ErrorCode::kInvalid, "this driver takes no devices by address"});
  }

  // Someone looks for devices: end `done` within four seconds with those that you have found, whose
  // `device` is a native id; declare() them too. This offers devices() again. [loop]
  virtual void discover(std::function<void(Result<std::vector<FoundDevice>>)> done) {
    for (auto& device : devices())
      if (!declared_.contains(device.id)) declare(device);
    done(found());
  }

  // The house has no more use for the device: stop looking after it. It may come back by take() or
  // discover(). [loop]
  virtual void forgotten(const std::string& device) { (void)device; }

  void begin() override {
    ctx.bus.serve<Command>(
        [this](const Command& c, const Meta& m, Reply reply) { receive(c, m, std::move(reply)); });
    ctx.bus.serve<DeviceWanted>(
        [this](const DeviceWanted& w, const Meta&, Reply reply) { receive(w, std::move(reply)); });
    ctx.bus.serve<DevicesSought>(
        [this](const DevicesSought&, const Meta&, Reply reply) { look_around(std::move(reply)); });
    removed_ = ctx.bus.subscribe<DeviceRemoved>([this](const DeviceRemoved& r) { gone(r.device); });
    start();
    for (auto& device : devices()) declare(device);
    if (poll_interval().count() > 0) poller_ = ctx.loop.every(poll_interval(), [this] { poll_all(); });
  }
  void end() override {
    poller_.reset();
    removed_.reset();
    interrupt();
    stop();
  }

 protected:
  // This device is mine; again to change it. `replaces`: the native id that it had before its own was known.
  // [loop]
  void declare(const Device& d, const std::string& replaces = {}) {
    declared_[d.id] = d;
    if (!replaces.empty()) declared_.erase(replaces);
    send(DeviceDeclared{full(d.id), 0, d.name, d.location, d.address, d.channel, d.kind, d.capabilities,
                        d.reachable, d.reason, replaces.empty() ? std::string() : full(replaces)});
  }
  // Gone for good. [loop]
  void remove(const std::string& device) {
    if (declared_.erase(device) == 0) return;
    ++withdrawn_[device];
    send(DeviceRemoved{full(device)});
  }
  // What has been declared, as an answer to discover(). [loop]
  std::vector<FoundDevice> found() const {
    std::vector<FoundDevice> all;
    for (const auto& [id, d] : declared_) all.push_back({id, d.name, d.address, d.kind, {}, 1});
    return all;
  }
  // A fact: `capability` of `device` is `value` now. [any]
  void report(const std::string& device, const std::string& capability, Value value,
              std::uint64_t cause = 0) {
    on_loop([this, message = StateChanged{full(device), capability, std::move(value)}, cause] {
      send(message, cause);
    });
  }
  // Does the device answer? Say it only when it changes. [any]
  void reachable(const std::string& device, bool is, std::string reason = {}) {
    on_loop([this, message = DeviceReachable{full(device), is, std::move(reason)}] { send(message); });
  }

  // "<plugin>:<native id>". [any]
  std::string full(const std::string& native) const { return ctx.id + ":" + native; }

 private:
  static std::uint64_t key(const std::string& device) { return type_hash(device) | 1; }

  template <class T>
  void send(const T& message, std::uint64_t cause = 0) {
    const auto sent = ctx.bus.publish(message, cause);
    if (!sent.ok()) ctx.log.warning(MessageTraits<T>::kName, " not sent: ", sent.error().words);
  }
  void on_loop(std::function<void()> task) {
    ctx.loop.is_current() ? task() : ctx.loop.post(std::move(task));
  }

  void receive(Command command, const Meta& meta, Reply reply) {
    std::string id = command.device;
    command.device = native(command.device);
    if (!declared_.contains(command.device))
      return reply.fail(ErrorCode::kUnreachable, "the driver has no such device");
    std::string capability = command.capability;
    begin_apply(command, Completion(ctx, std::move(id), std::move(capability), meta.id, std::move(reply)));
  }
  void receive(const DeviceWanted& wanted, Reply reply) {
    auto kept = std::make_shared<Reply>(std::move(reply));
    take(wanted, [this, kept](Result<std::string> native) {
      if (!native.ok()) return kept->fail(native.error().code, native.error().words);
      kept->ok(DeviceTaken{full(*native), 0});
    });
  }
  void look_around(Reply reply) {
    auto kept = std::make_shared<Reply>(std::move(reply));
    discover([this, kept](Result<std::vector<FoundDevice>> found) {
      if (!found.ok()) return kept->fail(found.error().code, found.error().words);
      for (auto& device : *found) device.device = full(device.device);
      if (found->size() > kMostFound) found->resize(kMostFound);
      kept->ok(DevicesFound{std::move(*found), {}});
    });
  }
  // Home says so of every device that ends, those that this driver has withdrawn itself too.
  void gone(const std::string& device) {
    if (!device.starts_with(ctx.id + ":")) return;
    const auto id = native(device);
    if (const auto own = withdrawn_.find(id); own != withdrawn_.end()) {
      if (--own->second == 0) withdrawn_.erase(own);
      return;
    }
    if (declared_.erase(id) != 0) forgotten(id);
  }
  std::string native(const std::string& device) const {
    const auto prefix = ctx.id + ":";
    return device.starts_with(prefix) ? device.substr(prefix.size()) : device;
  }
  void poll_all() {
    for (const auto& [device, declaration] : declared_) {
      if (!polling_.insert(device).second) continue;  // the last poll of it still runs
      ctx.loop.work(
          key(device), [this, device = device] { poll(device); },
          [this, device = device](const Status& status) {
            polling_.erase(device);
            if (!status.ok() && status.error().code != ErrorCode::kCancelled)
              ctx.log.of(device).warning("poll: ", status.error().words);
          });
    }
  }

  static constexpr std::size_t kMostFound = 1000;

  std::map<std::string, Device> declared_;
  std::map<std::string, std::size_t> withdrawn_;  // by this driver, and home hasn't said so yet
  std::set<std::string> polling_;
  Handle poller_, removed_;
};

}  // namespace hearth

#endif
