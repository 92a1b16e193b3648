// Requests about devices: wanted, not wanted any more, looked for.
#include <fmt/format.h>

#include <memory>

#include "core/home/home.hpp"
#include "core/home/judge.hpp"
#include "core/log/one_line.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kMaxFound = 1000;  // of one driver
constexpr std::size_t kMaxWords = 1024;

bool is_right(const FoundDevice& found, const std::string& driver) {
  return is_device_id(found.device, driver) && is_clean(found.name, kMaxName) &&
         is_clean(found.address, kMaxName) && is_clean(found.kind, kMaxName) &&
         is_clean(found.model, kMaxName);
}

}  // namespace

bool Home::device_requested(const Message& message, std::uint32_t asker, const Answer& answer) {
  const auto id = message.id;
  if (message.type == kType<DeviceWanted>)
    return with<DeviceWanted>(message, answer,
                              [&](const DeviceWanted& w) { device_wanted(w, id, asker, answer); });
  if (message.type == kType<DeviceUnwanted>)
    return with<DeviceUnwanted>(message, answer, [&](const DeviceUnwanted& unwanted) {
      auto* device = devices_.find(unwanted.device);
      if (!device) return answer(refusal(id, HEARTH_INVALID, "no such device"));
      remove_device(*device, status_for(id, answer));
    });
  if (message.type == kType<DevicesSought>)
    return with<DevicesSought>(message, answer, [&](const DevicesSought& sought) {
      seek(sought, [this, id, answer](const DevicesFound& found) { answer(own_answer(id, found)); });
    });
  if (message.type == kType<HouseImport>)
    return with<HouseImport>(message, answer, [&](const HouseImport& house) {
      take_over(house, result_for<HouseImported>(id, answer));
    });
  return false;
}

// Acknowledged when nothing of it is on disk any more: its end is told at once.
void Home::remove_device(DeviceRecord& device, std::function<void(Status)> done) {
  const store::RemoveDevice change{device.number()};
  devices_.unwant(device);
  keeper_.write(change, std::move(done));
}

// ---- Devices that somebody asks for -------------------------------------------------------------------

void Home::device_wanted(const DeviceWanted& wanted, std::uint64_t request, std::uint32_t asker,
                         const Answer& answer) {
  if (const auto status = judge_wanted(wanted); !status.ok())
    return answer(refusal_of(request, status.error()));
  const auto* known = wanted.number == 0 ? nullptr : devices_.find(wanted.number);
  if (wanted.number != 0 && !known) return answer(refusal(request, HEARTH_INVALID, "no such device"));
  auto* driver = endpoint(wanted.driver);
  if (!driver && wanted.only_if_found)
    return answer(refusal(request, HEARTH_UNREACHABLE, "the plugin " + wanted.driver + " isn't running"));
  if (!driver || (known && Devices::is_at(*known, wanted))) return keep_wanted(wanted, "", request, answer);
  Message m = own(kType<DeviceWanted>, encode(builder_, wanted), request);
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  devices_.expect(wanted, steady_now_us() + kTakeTimeoutUs);
  const bool fresh = wanted.only_if_found && !devices_.at_address(wanted);
  router_.pass(
      *driver, std::move(m), asker, kTakeTimeoutUs,
      [this, wanted, fresh, request, answer](const Message& reply) {
        if (const auto why = wanted.only_if_found ? not_found(wanted, fresh, reply) : std::string();
            !why.empty())
          return answer(refusal(request, HEARTH_UNREACHABLE, why));
        const bool refused =
            reply.status == HEARTH_INVALID || reply.status == HEARTH_DENIED || reply.status == HEARTH_BUSY;
        if (refused) return answer(refusal(request, reply.status, reply.body.text()));
        if (reply.status != HEARTH_OK) return keep_wanted(wanted, "", request, answer);
        const auto taken = decode<DeviceTaken>(reply.body.bytes());
        if (!taken.ok() || !is_device_id(taken->device, wanted.driver))
          return answer(refusal(request, HEARTH_FAILED, "the driver named a device that can't be its own"));
        keep_wanted(wanted, taken->device, request, answer);
      });
}

// Why it isn't there now; empty: it is. What its driver has announced meanwhile goes again, unless it was
// there before.
std::string Home::not_found(const DeviceWanted& wanted, bool fresh, const Message& reply) {
  const auto taken = decode<DeviceTaken>(reply.body.bytes());
  const bool named = reply.status == HEARTH_OK && taken.ok();
  auto* device = named ? devices_.find(taken->device) : devices_.at_address(wanted);
  if (named && device && device->declared.reachable) return {};
  std::string why = "there is no such device";
  if (!named && !reply.body.text().empty()) why = one_line(reply.body.text(), kMaxWords);
  if (device && !device->declared.reason.empty()) why = device->declared.reason;
  if (fresh && device && !device->wanted) devices_.drop(*device);
  return why;
}

// The answer comes once the device is on disk: what was acknowledged is there after any crash.
void Home::keep_wanted(const DeviceWanted& wanted, const std::string& id, std::uint64_t request,
                       const Answer& answer) {
  auto* device = wanted.number == 0 ? nullptr : devices_.find(wanted.number);
  if (wanted.number != 0) {
    if (!device) return answer(refusal(request, HEARTH_INVALID, "the device is gone"));
    devices_.move(*device, wanted, id);
  } else {
    const auto found = devices_.want(wanted, id);
    if (!found.ok()) return answer(refusal_of(request, found.error()));
    device = *found;
    tell(*device);
  }
  const DeviceTaken taken{device->id(), device->number()};
  keep(*device, [this, taken, request, answer](const Status& status) {
    if (!status.ok()) return answer(refusal(request, HEARTH_FAILED, "not kept: " + status.error().words));
    answer(own_answer(request, taken));
  });
}

// ---- Looking for devices ------------------------------------------------------------------------------

void Home::seek(const DevicesSought& sought, std::function<void(DevicesFound)> done) {
  struct Search {
    std::size_t left = 1;  // and this function
    DevicesFound found;
    std::function<void(DevicesFound)> done;
    void one_less() {
      if (--left == 0) done(std::move(found));
    }
  };
  const auto search = std::make_shared<Search>();
  search->done = std::move(done);
  for (auto* endpoint : endpoints_) {
    if (!endpoint->identity().is_driver || (!sought.driver.empty() && endpoint->id() != sought.driver))
      continue;
    if (sought.bring_back) devices_.welcome(endpoint->id());
    Message m = own(kType<DevicesSought>, encode(builder_, DevicesSought{endpoint->id(), sought.bring_back}));
    m.kind = MessageKind::kRequest;
    m.flags = HEARTH_WANTS_ANSWER;
    ++search->left;
    router_.pass(
        *endpoint, std::move(m), 0, kSeekTimeoutUs, [search, id = endpoint->id()](const Message& reply) {
          auto found = reply.status == HEARTH_OK ? decode<DevicesFound>(reply.body.bytes())
                                                 : Error{ErrorCode::kFailed, std::string(reply.body.text())};
          if (!found.ok()) {
            search->found.failures.push_back(id + ": " + one_line(found.error().words, kMaxWords));
            return search->one_less();
          }
          found->devices.resize(std::min(found->devices.size(), kMaxFound));
          for (auto& device : found->devices)
            if (is_right(device, id)) search->found.devices.push_back(std::move(device));
          search->one_less();
        });
  }
  search->one_less();
}

}  // namespace hearth::core
