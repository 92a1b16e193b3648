// Frames by hand: masked with zeros, which is allowed and costs nothing.
#include "socket_clients.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace hearth::bench {

namespace {

using Clock = std::chrono::steady_clock;

int connect_patiently(std::uint16_t port) {
  const int fd = connect_to(port);
  if (fd < 0) throw std::runtime_error("no connection");
  const timeval patience{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

std::string event(std::string_view name, std::string_view key, std::string_view text) {
  std::string json = "42[\"";
  json.append(name).append("\",{\"").append(key).append("\":\"").append(text).append("\"}]");
  return SocketClient::frame(json);
}

}  // namespace

// Of texts under 64 KiB.
std::string SocketClient::frame(std::string_view text) {
  std::string out = "\x81";
  if (text.size() < 126) {
    out += static_cast<char>(0x80 | text.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(text.size() >> 8);
    out += static_cast<char>(text.size() & 0xff);
  }
  return out.append(4, '\0').append(text);
}

SocketClient::SocketClient(std::uint16_t port) : fd_(connect_patiently(port)) {
  send(
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: "
      "13\r\n\r\n");
  std::size_t end = std::string::npos;
  while (end == std::string::npos) {
    if (!fill()) throw std::runtime_error("no answer to the handshake");
    end = input_.find("\r\n\r\n");
  }
  if (!input_.starts_with("HTTP/1.1 101")) throw std::runtime_error("refused: " + input_);
  used_ = end + 4;
  std::string_view text;
  while (!next(text))
    if (!fill()) throw std::runtime_error("no open packet");
  static const std::string kConnect = frame("40");
  send(kConnect);
  while (!next(text))
    if (!fill()) throw std::runtime_error("not let in");
  if (!text.starts_with("40")) throw std::runtime_error("not let in: " + std::string(text));
}

SocketClient::~SocketClient() {
  if (fd_ >= 0) ::close(fd_);
}

void SocketClient::close() {
  send(std::string_view("\x88\x82\0\0\0\0\x03\xe8", 8));
  shutdown(fd_, SHUT_WR);
  while (fill()) {
  }
}

void SocketClient::send(std::string_view frame) const {
  if (::send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size()))
    throw std::runtime_error("the server doesn't read");
}

void SocketClient::emit(std::string_view name, std::string_view key, std::string_view text) const {
  send(event(name, key, text));
}

void SocketClient::expect(std::string_view name) {
  std::string_view text;
  do {
    while (!next(text))
      if (!fill()) throw std::runtime_error("no " + std::string(name));
  } while (text == "2");
  if (text.find(name) == std::string_view::npos)
    throw std::runtime_error("not " + std::string(name) + " but " + std::string(text));
}

// One read; false at the end.
bool SocketClient::fill() {
  if (used_ == input_.size()) {
    input_.clear();
  } else {
    input_.erase(0, used_);
  }
  used_ = 0;
  std::array<char, 4096> bytes;
  const auto n = recv(fd_, bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  input_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

// The next whole frame's payload, until the next fill().
bool SocketClient::next(std::string_view& text) {
  const auto rest = std::string_view(input_).substr(used_);
  if (rest.size() < 2) return false;
  if (rest[1] == 127) throw std::runtime_error("a frame with a 64-bit length");
  std::size_t head = 2, size = static_cast<unsigned char>(rest[1]);
  if (size == 126) {
    if (rest.size() < 4) return false;
    head = 4;
    size = static_cast<std::size_t>(static_cast<unsigned char>(rest[2])) << 8 |
           static_cast<unsigned char>(rest[3]);
  }
  if (rest.size() < head + size) return false;
  if ((rest[0] & 0x0f) == 8) throw std::runtime_error("closed by the server");
  text = rest.substr(head, size);
  used_ += head + size;
  return true;
}

const std::string& SocketClient::pong() {
  static const std::string kPong = frame("3");
  return kPong;
}

CommandFlow::CommandFlow(std::uint16_t port, int pairs)
    : pairs_(static_cast<std::size_t>(pairs)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      command_(event("command send", "command", "set pump 1")),
      done_(SocketClient::frame(R"(42["command done",{}])")) {
  std::uint64_t number = 0;
  for (auto& pair : pairs_) {
    auto id = std::to_string(number);
    id.insert(0, 32 - id.size(), 'b');
    pair.monitor = std::make_unique<SocketClient>(port);
    pair.monitor->emit("con", "monitor_id", id);
    pair.monitor->expect("con ok");
    pair.user = std::make_unique<SocketClient>(port);
    pair.user->emit("query", "monitor_id", id);
    pair.user->expect("query ok");
    for (const auto* one : {pair.user.get(), pair.monitor.get()}) {
      epoll_event watch{EPOLLIN, {.u64 = number << 1 | (one == pair.user.get() ? 1U : 0U)}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, one->fd(), &watch);
    }
    ++number;
  }
}

CommandFlow::~CommandFlow() { ::close(epoll_); }

double CommandFlow::now() const { return Seconds(Clock::now().time_since_epoch()).count(); }

void CommandFlow::ask(Pair& pair, double due) {
  pair.due.push_back(due);
  ++under_way_;
  pair.user->send(command_);
}

void CommandFlow::heard(Pair& pair, std::string_view text) {
  if (text.find("command do\"") != std::string_view::npos) return pair.monitor->send(done_);
  if (text.find("command ok") != std::string_view::npos) return;
  if (text.find("command finish") == std::string_view::npos || pair.due.empty()) {
    ++result_.failures;
    return;
  }
  result_.latencies_us.push_back(static_cast<float>((now() - pair.due.front()) * 1e6));
  pair.due.erase(pair.due.begin());
  --under_way_;
  ++result_.answers;
  if (again_) ask(pair, now());
}

void CommandFlow::turn(double timeout) {
  std::array<epoll_event, 128> events;
  const auto ns = static_cast<long>(std::max(0.0, timeout) * 1e9);
  const timespec wait{ns / 1'000'000'000, ns % 1'000'000'000};
  const int n = epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
  for (int i = 0; i < n; ++i) {
    const auto which = events[static_cast<std::size_t>(i)].data.u64;
    auto& pair = pairs_[which >> 1];
    auto& client = (which & 1) != 0 ? *pair.user : *pair.monitor;
    if (!client.read([&](std::string_view text) { heard(pair, text); }))
      throw std::runtime_error("the server has closed a connection");
  }
}

LoadResult CommandFlow::closed_loop(Seconds time) {
  result_ = {};
  again_ = true;
  const auto begin = now(), end = begin + time.count();
  for (auto& pair : pairs_) ask(pair, now());
  while (now() < end) turn(end - now());
  result_.took = Seconds(now() - begin);
  const auto answers = result_.answers;
  again_ = false;
  while (under_way_ != 0 && now() < end + 5) turn(1);
  result_.failures += under_way_;
  result_.answers = answers;
  std::ranges::sort(result_.latencies_us);
  return std::exchange(result_, {});
}

LoadResult CommandFlow::open_loop(double per_second, Seconds time) {
  result_ = {};
  again_ = false;
  const auto begin = now(), end = begin + time.count();
  std::size_t sent = 0;
  for (auto due = begin; due < end; due = begin + static_cast<double>(sent) / per_second) {
    do {
      turn(due - now());  // at least once, so that answers are read even while it is late
    } while (now() < due);
    ask(pairs_[sent++ % pairs_.size()], due);
  }
  while (under_way_ != 0 && now() < end + 5) turn(1);
  result_.took = Seconds(now() - begin);
  result_.failures += under_way_;
  std::ranges::sort(result_.latencies_us);
  return std::exchange(result_, {});
}

}  // namespace hearth::bench
