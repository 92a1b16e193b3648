// Connection: one TCP connection on the loop: bounded reading and writing, deadlines, and an end that never
// surprises its owner.
#ifndef HEARTH_NET_CONNECTION_HPP
#define HEARTH_NET_CONNECTION_HPP

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/address.hpp"
#include "hearth/net/held.hpp"
#include "hearth/net/io.hpp"
#include "hearth/net/layer.hpp"

namespace hearth::net {

struct ConnectionLimits {
  std::size_t max_input = 1024 * 1024;  // bytes that on_data left unused; more ends the connection
  std::size_t max_output =
      1024 *
      1024;  // bytes waiting to be sent; more ends the connection (the peer doesn't read): see Held too
  Microseconds write_timeout = std::chrono::seconds(10);  // without any byte taken by the peer
};

// kSoon: may wait for two milliseconds or three, so that what follows travels with it. An announcement that
// is mostly followed by the thing itself costs nothing then.
enum class Haste : bool { kNow, kSoon };

// Everything: [loop]. A listener keeps its connections itself, a client holds the shared_ptr from connect();
// dropping the last reference closes it. Every callback may close or drop its own connection: callbacks are
// released only after the running one, and the code that called close(), have returned. So what they capture
// (a session) lives as long as it can be reached. No callback comes after the owner's close(). Each may be
// replaced at any time, on_data from inside itself too.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Io& io, Fd socket, const Ip& peer, const ConnectionLimits& limits);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // New bytes, behind those not used before. Returns how many were used. Linear time is the callee's duty:
  // one that waits for a long message uses everything and keeps its own state (see JsonFramer). If it puts
  // another in its place (a protocol gives way to the next), that one gets the rest at once.
  void on_data(std::function<std::size_t(std::string_view)> call) { data_ = std::move(call); }
  // The peer has sent all it will; writing is still possible. Without it, that closes the connection.
  void on_end(std::function<void()> call) { end_ = std::move(call); }
  // The output queue is empty again after write() could not send everything at once.
  void on_drained(std::function<void()> call) { drained_ = std::move(call); }
  // The deadline has passed. Without it, that closes the connection as kTimeout.
  void on_deadline(std::function<void()> call) { late_ = std::move(call); }
  // It ended otherwise than by the owner's close(): kUnreachable (peer gone), kTimeout, kBusy (a limit), with
  // words. Called once, never from inside write().
  void on_closed(std::function<void(const Error&)> call) { closed_ = std::move(call); }

  // Sends now what the kernel takes and queues the rest. Nothing happens once the connection is closing.
  void write(std::string_view bytes) { write(bytes, {}); }
  // The same for two parts, which travel together (a header and what it stands for).
  void write(std::string_view first, std::string_view second, Haste haste = Haste::kNow);
  std::size_t queued() const { return output_.size() - sent_; }
  // Between the two, what is written is queued, so that several small messages leave in one packet.
  void cork() { corked_ = true; }
  void uncork();

  // Something is expected within `delay` from now on: on_deadline. Replaces the earlier deadline.
  void set_deadline(Microseconds delay);
  void clear_deadline();

  // Stops reading, so that the peer has to wait; resume() goes on from the loop, with what on_data left
  // unused first.
  void pause();
  void resume();
  // Gives on_data, from the loop, what it left unused, without waiting for more.
  void offer_again();

  // Sends what is queued, then ends the sending half, discards what the peer still sends (at most 4 MiB, 2 s)
  // and closes, so that the reply arrives even if the peer was not done. `quiet`: the peer is known to have
  // sent everything, which is cheaper.
  void close_after_flush(bool quiet = false);
  // The same with a last write(), and cheaper than the two.
  void close_with(std::string_view last, bool quiet = false);
  void close();
  bool is_open() const { return static_cast<bool>(socket_) && !closing_; }

  // Why it ended; without words if the owner closed it.
  const Error& reason() const { return reason_; }

  const Ip& peer() const { return peer_; }
  int fd() const { return socket_.get(); }
  Io& io() const { return io_; }

  // Puts `layer` between this and the socket; before begin().
  void use(std::unique_ptr<Layer> layer) { layer_ = std::move(layer); }
  // For the Io: what was written with Haste::kSoon goes now.
  void push_soon();
  // For the listener and connect(), not for owners: reads what is there already, before the first wait;
  // called always when the descriptor is given up; the end of callbacks.
  void begin();
  void on_released(std::function<void(Connection&)> call) { released_ = std::move(call); }
  void settle(bool tell = true);

 private:
  class Busy;

  void ready(std::uint32_t events);
  void read_some();
  void read_rest();
  void send(std::string_view first, std::string_view second, int flags);
  std::size_t transmit(std::string_view first, std::string_view second, int flags);
  void hand_over(std::string_view bytes);
  std::size_t give(std::string_view bytes);
  void peer_ended();
  bool enqueue(std::string_view first, std::string_view second);
  bool push_out();
  void flush();
  void flushed();
  void discard();
  void deadline_passed();
  void fail(ErrorCode code, std::string words);
  void fail_errno(const char* what, int error);
  void give_up();
  void release(Fd last_use);
  std::uint32_t wanted() const;
  void update_watch();

  Io& io_;
  Fd socket_;
  std::unique_ptr<Layer> layer_;
  const Ip peer_;
  const ConnectionLimits limits_;

  std::function<std::size_t(std::string_view)> data_;
  std::function<void()> end_, drained_, late_;
  std::function<void(const Error&)> closed_;
  std::function<void(Connection&)> released_;

  Handle watch_;
  std::uint32_t watched_ = 0;
  Deadline deadline_, write_deadline_;
  std::string input_;   // what on_data left
  std::string output_;  // from sent_ on: not taken by the kernel yet
  std::size_t sent_ = 0;
  Held held_;  // of what is queued beyond a little
  std::size_t discarded_ = 0;
  Error reason_;
  int depth_ = 0;  // callbacks of ours on the stack
  bool begun_ = false;
  bool paused_ = false;
  bool corked_ = false;
  bool soon_ = false;      // what is queued waits for company, not for the kernel
  bool offering_ = false;  // a posted function will hand over what was left
  bool read_ended_ = false;
  bool closing_ = false;  // close_after_flush was called
  bool quiet_ = false;
  bool draining_ = false;  // all is sent, discarding what still comes
  bool settling_ = false;
  bool failed_ = false;
};

}  // namespace hearth::net

#endif
