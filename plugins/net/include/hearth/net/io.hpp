// Io: what all sockets of one plugin share: the loop, the log, deadlines and a buffer to read into.
#ifndef HEARTH_NET_IO_HPP
#define HEARTH_NET_IO_HPP

#include <memory>
#include <vector>

#include "hearth/context.hpp"
#include "hearth/net/deadlines.hpp"
#include "hearth/net/linger.hpp"

namespace hearth::net {

class Connection;

// One for each plugin: a member declared before every listener and connection. [loop]
class Io {
 public:
  explicit Io(const Context& ctx) : Io(ctx.loop, ctx.log) {}
  Io(const Loop& its_loop, const Log& its_log);
  Io(const Io&) = delete;
  Io& operator=(const Io&) = delete;
  ~Io();

  // Lets `connection` say goodbye from the loop's own stack: an owner must not lose its callbacks while it
  // runs in one.
  void settle_later(std::shared_ptr<Connection> connection);

  // push_soon() in two milliseconds.
  void push_later(const std::shared_ptr<Connection>& connection);

  static constexpr std::size_t kReadSize = 16 * 1024;

  const Loop& loop;
  const Log& log;
  Deadlines deadlines;
  Linger linger;
  std::vector<char> scratch;              // kReadSize bytes, used by one read at a time
  std::size_t held = 0, held_output = 0;  // see Held

 private:
  struct Settling;
  std::shared_ptr<Settling> settling_;  // shared with the posted function, which may come after the Io's end
  std::vector<std::weak_ptr<Connection>> soon_;
  Handle soon_timer_;
};

}  // namespace hearth::net

#endif
