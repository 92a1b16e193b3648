// Outbox: what waits to be sent to one client, in order and bounded.
#ifndef HEARTH_RELAY_OUTBOX_HPP
#define HEARTH_RELAY_OUTBOX_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/net/connection.hpp"

namespace hearth::relay {

// What comes together in one turn of the loop leaves in one system call. The peer's socket is full: answers
// still wait without a limit of their own, because then nothing is read from the peer either; packets of
// others only up to kMostPackets. [loop]
class Outbox {
 public:
  static constexpr std::size_t kMostPackets = 64;

  explicit Outbox(net::Connection& connection) : connection_(connection) {}
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void put(std::string_view line) { waiting_ += line; }
  // A packet of somebody else, in three parts. False if there is no room for it.
  bool put_packet(std::string_view head, std::string_view payload, std::string_view tail);

  // Sends, as far as the socket takes it. To be called soon after a put, and when the socket is drained.
  void flush();
  // All of it, whether the socket takes it now or not: the connection closes behind it.
  void push_out();

  // The peer doesn't read as fast as it is written to.
  bool is_blocked() const { return connection_.queued() != 0; }
  // Too much for a turn, if many small requests have come at once.
  bool is_long() const { return waiting_.size() >= kLong; }

 private:
  static constexpr std::size_t kLong = 64 * 1024;

  net::Connection& connection_;
  std::size_t packets() const;

  std::string waiting_;
  // Where packets end, in bytes from the beginning of waiting_; and, in bytes from its end, those that the
  // connection's queue may still hold.
  std::vector<std::size_t> ends_, queued_;
};

}  // namespace hearth::relay

#endif
