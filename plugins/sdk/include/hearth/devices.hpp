// Devices: the devices that a plugin owns: what it declares, reports and is commanded to do with them.
#ifndef HEARTH_DEVICES_HPP
#define HEARTH_DEVICES_HPP

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hearth/context.hpp"

namespace hearth {

// A device as its owner offers it: {"id", "Name", {"on_off", "brightness"}}.
struct Device {
  // Native: any text without control characters, at most 128 bytes, stable for ever; not empty.
  std::string id;
  std::string name;
  std::vector<Capability> capabilities;
  std::string location = {}, address = {};
  std::int32_t channel = 0;
  std::string kind = {};  // "plug", "bulb", "dimmer", "strip", "lightstrip", "sensor"
  bool reachable = true;
  std::string reason = {};
};

// What a command has to end in: exactly one of ok and fail. Dropped, it fails in words. Move-only. [loop]
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

// A Driver has one built in; a Protocol whose clients are devices too makes it a member. Everything: [loop],
// but for report and reachable.
class Devices {
 public:
  // A command that home has checked: the device is one of yours (`command.device` is its native id), the
  // capability is writable, the value has its type and range. Never blocks; ends `done` now or later.
  using Apply = std::function<void(const Command& command, Completion done)>;
  // The house has no more use for the device: stop looking after it.
  using Forgotten = std::function<void(const std::string& device)>;

  explicit Devices(Context& ctx) : ctx_(ctx) {}
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;

  // Commands come from now on. Once, in start.
  void serve(Apply apply, Forgotten forgotten = {}) {
    forgotten_ = std::move(forgotten);
    ctx_.bus.serve<Command>(
        [this, apply = std::move(apply)](const Command& command, const Meta& meta, Reply reply) {
          receive(apply, command, meta, std::move(reply));
        });
    removed_ = ctx_.bus.subscribe<DeviceRemoved>([this](const DeviceRemoved& r) { gone(r.device); });
  }
  // Forgotten isn't called any more. For stop.
  void end() { removed_.reset(); }

  // This device is mine; again to change it. `replaces`: the native id that it had before its own was known.
  void declare(const Device& d, const std::string& replaces = {}) {
    const bool renamed = !replaces.empty() && replaces != d.id;
    declared_[d.id] = d;
    if (renamed) declared_.erase(replaces);
    send(DeviceDeclared{full(d.id), 0, d.name, d.location, d.address, d.channel, d.kind, d.capabilities,
                        d.reachable, d.reason, renamed ? full(replaces) : std::string()});
  }
  // Gone for good.
  void remove(const std::string& device) {
    if (declared_.erase(device) != 0) withdraw(device);
  }
  // The same of one that the house knows from an earlier run of this plugin, and that isn't declared now.
  void remove_earlier(const std::string& device) {
    if (!contains(device)) withdraw(device);
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

  // By native id.
  const std::map<std::string, Device>& declared() const { return declared_; }
  bool contains(const std::string& device) const { return declared_.contains(device); }

  // "<plugin>:<native id>", and back. [any]
  std::string full(const std::string& native) const { return ctx_.id + ":" + native; }
  std::string native(const std::string& device) const {
    const auto prefix = ctx_.id + ":";
    return device.starts_with(prefix) ? device.substr(prefix.size()) : device;
  }

 private:
  template <class T>
  bool send(const T& message, std::uint64_t cause = 0) {
    const auto sent = ctx_.bus.publish(message, cause);
    if (!sent.ok()) ctx_.log.warning(MessageTraits<T>::kName, " not sent: ", sent.error().words);
    return sent.ok();
  }
  // Home says so too, once it has heard it.
  void withdraw(const std::string& device) {
    if (send(DeviceRemoved{full(device)})) ++withdrawn_[device];
  }
  void on_loop(std::function<void()> task) {
    ctx_.loop.is_current() ? task() : ctx_.loop.post(std::move(task));
  }

  void receive(const Apply& apply, Command command, const Meta& meta, Reply reply) {
    std::string id = command.device;
    command.device = native(command.device);
    if (!contains(command.device))
      return reply.fail(ErrorCode::kUnreachable, "the plugin has no such device");
    std::string capability = command.capability;
    apply(command, Completion(ctx_, std::move(id), std::move(capability), meta.id, std::move(reply)));
  }
  // Home says so of every device that ends, those that this plugin has withdrawn itself too.
  void gone(const std::string& device) {
    if (!device.starts_with(ctx_.id + ":")) return;
    const auto id = native(device);
    if (const auto own = withdrawn_.find(id); own != withdrawn_.end()) {
      if (--own->second == 0) withdrawn_.erase(own);
      return;
    }
    if (declared_.erase(id) != 0 && forgotten_) forgotten_(id);
  }

  Context& ctx_;
  Forgotten forgotten_;
  Handle removed_;
  std::map<std::string, Device> declared_;
  std::map<std::string, std::size_t> withdrawn_;  // by this plugin, and home hasn't said so yet
};

}  // namespace hearth

#endif
