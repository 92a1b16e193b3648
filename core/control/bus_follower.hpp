// BusFollower: hands the messages of the bus to one client, the standing facts first.
#ifndef HEARTH_CORE_CONTROL_BUS_FOLLOWER_HPP
#define HEARTH_CORE_CONTROL_BUS_FOLLOWER_HPP

#include <cstdint>

#include "core/control/connection.hpp"
#include "core/control/message_printer.hpp"
#include "hearth/context.hpp"

namespace hearth::core {

// Notifications, in this order: bus.message for each standing fact, one bus.retained_done {"count"},
// bus.message for what comes from then on; where messages were lost because the client didn't read,
// bus.dropped {"count"}. Everything: [loop].
class BusFollower {
 public:
  // Both outlive it.
  BusFollower(Context& ctx, const MessagePrinter& printer, Connection& client);

  // 0: every type. After the answer to bus.follow has been sent.
  Status start(hearth_type type);
  // The client has read what was waiting.
  void room() { tell_dropped(); }

 private:
  void receive(const hearth_message& message);
  void retained_done();
  bool tell_dropped();

  Context& ctx_;
  const MessagePrinter& printer_;
  Connection& client_;
  std::uint64_t retained_ = 0;
  std::uint64_t dropped_ = 0;  // and not told yet
  Handle subscription_;
  Handle sync_;
};

}  // namespace hearth::core

#endif
