// Subscribing through the raw table of functions, because one function takes every type.
#include "core/control/bus_follower.hpp"

#include <fmt/format.h>

namespace hearth::core {
namespace {

constexpr std::chrono::seconds kSyncDeadline{5};

}  // namespace

BusFollower::BusFollower(Context& ctx, const MessagePrinter& printer, Connection& client)
    : ctx_(ctx), printer_(printer), client_(client) {}

Status BusFollower::start(hearth_type type) {
  using Slot = detail::Slot<const hearth_message*>;
  auto slot = std::make_shared<Slot>(ctx_.host, [this](const hearth_message* message) { receive(*message); });
  hearth_handle id = 0;
  const auto status = ctx_.host->subscribe(
      ctx_.host, type, [](void* arg, const hearth_message* m) { Slot::call(arg, "bus.follow", m); },
      slot.get(), &id);
  if (status != HEARTH_OK) return detail::to_status(status, "cannot listen to the bus");
  subscription_ = Handle(ctx_.host, id, std::move(slot));
  // Answered behind the last standing fact. Should home not answer, whoever waits for the mark gets it all
  // the same.
  sync_ = ctx_.bus.request(Sync{}, kSyncDeadline, [this](const Status&) { retained_done(); });
  return {};
}

void BusFollower::receive(const hearth_message& message) {
  if ((message.flags & HEARTH_RETAINED) != 0) ++retained_;
  if (!tell_dropped() || !client_.offer(notification_line("bus.message", printer_.print(message))))
    ++dropped_;
}

void BusFollower::retained_done() {
  // Whoever waits for it must get it, or be closed.
  client_.send(notification_line("bus.retained_done", fmt::format("{{\"count\":{}}}", retained_)));
}

bool BusFollower::tell_dropped() {
  if (dropped_ == 0) return true;
  if (!client_.offer(notification_line("bus.dropped", fmt::format("{{\"count\":{}}}", dropped_))))
    return false;
  dropped_ = 0;
  return true;
}

}  // namespace hearth::core
