// Driver: the base of a plugin that owns devices. The easy way writes devices() and apply(); the scalable way
// begin_apply().
#ifndef HEARTH_DRIVER_HPP
#define HEARTH_DRIVER_HPP

#include <chrono>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hearth/devices.hpp"
#include "hearth/plugin.hpp"

namespace hearth {

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
      if (!own_.contains(device.id)) declare(device);
    const auto answer = std::move(done);
    answer(found());
  }

  // The house has no more use for the device: stop looking after it. It may come back by take() or
  // discover(). [loop]
  virtual void forgotten(const std::string& device) { (void)device; }

  void begin() override {
    own_.serve([this](const Command& command, Completion done) { begin_apply(command, std::move(done)); },
               [this](const std::string& device) { forgotten(device); });
    ctx.bus.serve<DeviceWanted>(
        [this](const DeviceWanted& w, const Meta&, Reply reply) { receive(w, std::move(reply)); });
    ctx.bus.serve<DevicesSought>(
        [this](const DevicesSought&, const Meta&, Reply reply) { look_around(std::move(reply)); });
    start();
    for (auto& device : devices()) declare(device);
    if (poll_interval().count() > 0) poller_ = ctx.loop.every(poll_interval(), [this] { poll_all(); });
  }
  void end() override {
    poller_.reset();
    own_.end();
    interrupt();
    stop();
  }

 protected:
  // This device is mine; again to change it. `replaces`: the native id that it had before its own was known.
  // [loop]
  void declare(const Device& d, const std::string& replaces = {}) { own_.declare(d, replaces); }
  // Gone for good. [loop]
  void remove(const std::string& device) { own_.remove(device); }
  // What has been declared, as an answer to discover(). [loop]
  std::vector<FoundDevice> found() const {
    std::vector<FoundDevice> all;
    for (const auto& [id, d] : own_.declared()) all.push_back({id, d.name, d.address, d.kind, {}, 1});
    return all;
  }
  // A fact: `capability` of `device` is `value` now. [any]
  void report(const std::string& device, const std::string& capability, Value value,
              std::uint64_t cause = 0) {
    own_.report(device, capability, std::move(value), cause);
  }
  // Does the device answer? Say it only when it changes. [any]
  void reachable(const std::string& device, bool is, std::string reason = {}) {
    own_.reachable(device, is, std::move(reason));
  }

  // "<plugin>:<native id>". [any]
  std::string full(const std::string& native) const { return own_.full(native); }

 private:
  static std::uint64_t key(const std::string& device) { return type_hash(device) | 1; }

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
  void poll_all() {
    for (const auto& [device, declaration] : own_.declared()) {
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

  Devices own_{ctx};
  std::set<std::string> polling_;
  Handle poller_;
};

}  // namespace hearth

#endif
