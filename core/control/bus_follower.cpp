// Subscribing through the raw table of functions, because one function takes every type.
#include "core/control/bus_follower.hpp"

#include <fmt/format.h>

namespace hearth::core {
namespace {

constexpr hearth_type kFence = type_hash("hearth.control.Fence");
constexpr std::chrono::microseconds kFenceDeadline = std::chrono::seconds(5);

}  // namespace

BusFollower::BusFollower(Context& ctx, const MessagePrinter& printer, Connection& client)
    : ctx_(ctx), printer_(printer), client_(client) {}

Status BusFollower::start(hearth_type type) {
  using Slot = detail::Slot<const hearth_message*>;
  auto slot = std::make_shared<Slot>(ctx_.host, [this](const hearth_message* message) { receive(*message); });
  hearth_handle id = 0;
  const auto status = ctx_.host->subscribe(
      ctx_.host, type, [](void* arg, const hearth_message* m) { Slot::call(arg, "bus.follow", m); }, slot.get(), &id);
  if (status != HEARTH_OK) return detail::to_status(status, "cannot listen to the bus");
  subscription_ = Handle(ctx_.host, id, std::move(slot));
  return send_fence();
}

Status BusFollower::send_fence() {
  using Slot = detail::Slot<hearth_status, const hearth_message*, hearth_text>;
  auto slot = std::make_shared<Slot>(
      ctx_.host, [this](hearth_status, const hearth_message*, hearth_text) { retained_done(); });
  Builder builder(64);
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(builder.EndTable(builder.StartTable())));
  hearth_handle id = 0;
  const auto status = ctx_.host->request(
      ctx_.host, kFence, 0, {builder.GetBufferPointer(), builder.GetSize()}, kFenceDeadline.count(),
      [](void* arg, hearth_status s, const hearth_message* m, hearth_text words) { Slot::call(arg, "fence", s, m, words); },
      slot.get(), &id);
  if (status != HEARTH_OK) return detail::to_status(status, "cannot listen to the bus");
  fence_ = Handle(ctx_.host, id, std::move(slot));
  return {};
}

void BusFollower::receive(const hearth_message& message) {
  if (message.type == kFence) return;
  if ((message.flags & HEARTH_RETAINED) != 0) ++retained_;
  if (!tell_dropped() || !client_.offer(notification_line("bus.message", printer_.print(message)))) ++dropped_;
}

void BusFollower::retained_done() {
  // Whoever waits for it must get it, or be closed.
  client_.send(notification_line("bus.retained_done", fmt::format("{{\"count\":{}}}", retained_)));
}

bool BusFollower::tell_dropped() {
  if (dropped_ == 0) return true;
  if (!client_.offer(notification_line("bus.dropped", fmt::format("{{\"count\":{}}}", dropped_)))) return false;
  dropped_ = 0;
  return true;
}

}  // namespace hearth::core
