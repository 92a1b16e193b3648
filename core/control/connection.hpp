// Connection: one client of the control socket: lines and descriptors in, lines out, all bounded; it never
// blocks.
#ifndef HEARTH_CORE_CONTROL_CONNECTION_HPP
#define HEARTH_CORE_CONTROL_CONNECTION_HPP

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/control/line_buffer.hpp"
#include "core/control/rpc.hpp"
#include "core/system/unique_fd.hpp"
#include "hearth/loop.hpp"

namespace hearth::core {

// Everything: [loop]. Held by shared_ptr: it may be closed, and let go of, from within its own events.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::size_t kMaxQueue = 4 * 1024 * 1024;  // bytes waiting to be read by the client
  static constexpr std::size_t kPauseAt = 1024 * 1024;  // so many waiting: nothing is read from the client
  static constexpr std::chrono::seconds kLineDeadline{10};  // for the rest of a line that has begun
  static constexpr std::size_t kMaxDescriptors = 8;  // that came with a line, or with what there is of it

  struct Events {
    std::function<void(std::string line)> line;
    std::function<void()> room;                    // the client has read what was waiting
    std::function<void()> half_closed;             // it sends nothing more but may still read
    std::function<void()> closed;                  // once, the last event
    std::function<void(const RpcError&)> refused;  // it has to be told that it can't go on; call finish
  };

  Connection(const Loop& loop, UniqueFd fd, Events events);

  // kFailed when the loop can't watch it.
  Status start();

  // During Events::line: the `count` descriptors that the line announces. They have to come with its bytes:
  // kInvalid when fewer did, or more and no further line is here that could announce those; then all that
  // came are closed.
  Result<std::vector<UniqueFd>> take_descriptors(std::size_t count);

  // Answers. A client that asks and doesn't read is closed when kMaxQueue is passed.
  void send(std::string_view line);
  // Notifications: false when there is no room now; the line is then not taken.
  bool offer(std::string_view line);
  // Reads no more, and closes when everything is sent or kLineDeadline is over.
  void finish();
  void close();
  bool is_open() const { return static_cast<bool>(fd_); }

 private:
  void ready(std::uint32_t events);
  void receive();
  void take_lines();
  void watch_partial();
  void refuse(std::string words, std::string reason);
  void flush();
  void rewatch();
  std::size_t waiting() const { return output_.size() - sent_; }

  const Loop loop_;
  UniqueFd fd_;
  Events events_;
  Handle watch_;
  Handle deadline_;
  LineBuffer input_{kMaxRpcLine};
  std::vector<UniqueFd> descriptors_;  // announced by no line yet
  std::string output_;
  std::size_t sent_ = 0;  // of output_
  std::uint32_t interest_ = 0;
  bool reading_ = true;
  bool finishing_ = false;
};

}  // namespace hearth::core

#endif
