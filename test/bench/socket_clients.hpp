// SocketClients: many Socket.IO clients over WebSocket, on one epoll loop that costs little beside any
// server.
#ifndef HEARTH_TEST_BENCH_SOCKET_CLIENTS_HPP
#define HEARTH_TEST_BENCH_SOCKET_CLIENTS_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"

namespace hearth::bench {

// A whole connection, joined to "/". Blocks; throws std::runtime_error with what came instead.
class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port);
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  ~SocketClient();  // without a goodbye

  int fd() const { return fd_; }
  // An event with one text, `["name",{"key":"text"}]`.
  void emit(std::string_view name, std::string_view key, std::string_view text) const;
  // A ready frame.
  void send(std::string_view frame) const;
  // Waits for an event and drops it; throws if another one comes.
  void expect(std::string_view name);
  // Reads what is there. Calls `heard(text)` for each Engine.IO message; answers pings itself. False at the
  // end.
  template <class Heard>
  bool read(Heard heard) {
    if (!fill()) return false;
    for (std::string_view text; next(text);) text == "2" ? send(pong()) : heard(text);
    return true;
  }
  // Closes as the protocol wants it.
  void close();

  static std::string frame(std::string_view text);

 private:
  bool fill();
  bool next(std::string_view& text);
  static const std::string& pong();

  int fd_;
  std::string input_;
  std::size_t used_ = 0;
};

// Pairs of one user and one monitor, each pair with an id of its own.
class CommandFlow {
 public:
  CommandFlow(std::uint16_t port, int pairs);
  CommandFlow(const CommandFlow&) = delete;
  CommandFlow& operator=(const CommandFlow&) = delete;
  ~CommandFlow();

  // Round trips from `command send` to `command finish`, one at a time for each pair.
  LoadResult closed_loop(Seconds time);
  // `per_second` in all, spread over the pairs and evenly over time; latency counts from when one was due.
  LoadResult open_loop(double per_second, Seconds time);

  static constexpr double kMessages = 5;  // of a server in one round trip

 private:
  struct Pair {
    std::unique_ptr<SocketClient> user, monitor;
    std::vector<double> due;  // of those under way, oldest first
  };

  void ask(Pair& pair, double due);
  void turn(double timeout);
  void heard(Pair& pair, std::string_view text);
  double now() const;

  std::vector<Pair> pairs_;
  const int epoll_;
  const std::string command_, done_;
  LoadResult result_;
  bool again_ = false;  // a pair that has finished begins anew
  std::size_t under_way_ = 0;
};

}  // namespace hearth::bench

#endif
