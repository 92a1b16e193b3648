// LoopThread: a plugin's real loop on a thread of its own, for tests that are the other side of a socket.
#ifndef HEARTH_TEST_PLUGINS_NET_LOOP_THREAD_HPP
#define HEARTH_TEST_PLUGINS_NET_LOOP_THREAD_HPP

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/runtime/event_loop.hpp"
#include "core/runtime/host_table.hpp"
#include "core/runtime/workers.hpp"
#include "hearth/net/io.hpp"

namespace hearth::test {

class LoopThread {
 public:
  LoopThread();
  ~LoopThread();

  // Runs `what` on the loop and waits for it. Assertions of Catch belong outside.
  void on_loop(const std::function<void()>& what);
  template <class T>
  T ask(const std::function<T()>& what) {
    T result{};
    on_loop([&] { result = what(); });
    return result;
  }

  // Only on the loop.
  net::Io& io() { return *io_; }
  const Loop& loop() { return *loop_; }

  std::vector<std::string> log_lines();

 private:
  class Nowhere : public core::Uplink {
    hearth_status send(core::Message) override { return HEARTH_OK; }
  };

  core::EventLoop events_;
  core::Workers workers_;
  Nowhere uplink_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
  core::HostTable host_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<net::Io> io_;
  std::thread thread_;
};

// Waits until `what` holds; false after five seconds.
bool eventually(const std::function<bool()>& what);

// A blocking client on loopback. Reads end with what came when the peer closes, fails, or is silent for five
// seconds.
class Client {
 public:
  explicit Client(const std::string& address);
  Client(const Client&) = delete;
  ~Client();

  bool send(std::string_view bytes);
  void end();  // of sending
  std::string read_all();
  std::string read(std::size_t bytes);
  // Did the last read end by the peer's orderly close?
  bool closed() const { return closed_; }
  // Is the connection gone, in whichever way?
  bool gone();
  int fd() const { return fd_; }

 private:
  int fd_;
  bool closed_ = false;
};

}  // namespace hearth::test

#endif
