// One epoll loop of many short connections.
#include "client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace hearth::bench {

namespace {

using Clock = std::chrono::steady_clock;

// Connected and asked.
int connect_and_ask(std::uint16_t port, const std::string& request) {
  const int fd = connect_to(port);
  if (fd >= 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()))
    return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// The open connections of one run.
class Load {
 public:
  Load(std::uint16_t port, const std::string& request)
      : port_(port), request_(request), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (const auto& [fd, one] : open_) close(fd);
    close(epoll_);
  }

  void begin(Clock::time_point due) {
    const int fd = connect_and_ask(port_, request_);
    epoll_event event{EPOLLIN, {.fd = fd}};
    if (fd < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
      ++result.failures;
      return;
    }
    open_[fd] = {due, 0};
  }

  // Waits until `until` at most, and reads what has come.
  void turn(Clock::time_point until) {
    std::array<epoll_event, 128> events;
    const auto left = std::max<std::int64_t>(0, std::chrono::nanoseconds(until - Clock::now()).count());
    const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
    const int n = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    for (int i = 0; i < n; ++i) read_some(events[static_cast<std::size_t>(i)].data.fd);
  }

  std::size_t open() const { return open_.size(); }

  LoadResult result;

 private:
  struct One {
    Clock::time_point due;
    std::size_t received;
  };

  void read_some(int fd) {
    auto& one = open_[fd];
    while (true) {
      const auto n = recv(fd, scratch_.data(), scratch_.size(), MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) break;
      one.received += static_cast<std::size_t>(n);
    }
    end(fd, one);
  }

  void end(int fd, const One& one) {
    // Answers differ by the digits of a counter, no more.
    if (expected_ == 0) expected_ = one.received;
    const bool whole = one.received + 16 >= expected_ && one.received > 0;
    whole ? ++result.answers : ++result.failures;
    result.latencies_us.push_back(std::chrono::duration<float, std::micro>(Clock::now() - one.due).count());
    open_.erase(fd);
    close(fd);
  }

  const std::uint16_t port_;
  const std::string& request_;
  const int epoll_;
  std::unordered_map<int, One> open_;
  std::size_t expected_ = 0;
  std::array<char, 262144> scratch_;
};

LoadResult finished(Load& load, Clock::time_point begin) {
  load.result.took = Clock::now() - begin;
  std::sort(load.result.latencies_us.begin(), load.result.latencies_us.end());
  return std::move(load.result);
}

Clock::duration ticks(Seconds time) { return std::chrono::duration_cast<Clock::duration>(time); }

}  // namespace

// On loopback connect() waits for nothing while the server's backlog has room.
int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

double LoadResult::percentile_us(double part) const {
  if (latencies_us.empty()) return std::nan("");
  const auto at = static_cast<std::size_t>(part * static_cast<double>(latencies_us.size()));
  return latencies_us[std::min(at, latencies_us.size() - 1)];
}

std::string Client::ask() const {
  const int fd = connect_and_ask(port_, request_);
  if (fd < 0) throw std::runtime_error("no connection to port " + std::to_string(port_));
  std::string answer;
  std::array<char, 65536> bytes;
  for (ssize_t n = 0; (n = recv(fd, bytes.data(), bytes.size(), 0)) > 0;)
    answer.append(bytes.data(), static_cast<std::size_t>(n));
  close(fd);
  return answer;
}

LoadResult Client::closed_loop(int parallel, Seconds time) const {
  Load load(port_, request_);
  const auto begin = Clock::now(), end = begin + ticks(time);
  while (Clock::now() < end) {
    while (load.open() < static_cast<std::size_t>(parallel)) {
      load.begin(Clock::now());
      if (load.result.failures > 1000) throw std::runtime_error("the server refuses connections");
    }
    load.turn(end);
  }
  return finished(load, begin);
}

LoadResult Client::open_loop(double per_second, Seconds time) const {
  prctl(PR_SET_TIMERSLACK, 1);  // nanosecond; the usual 50 us would be measured too
  Load load(port_, request_);
  const auto begin = Clock::now(), end = begin + ticks(time);
  const auto step = ticks(Seconds(1 / per_second));
  for (auto due = begin; due < end;) {
    for (; due <= Clock::now() && due < end; due += step) load.begin(due);
    load.turn(due);
  }
  const auto patience = Clock::now() + std::chrono::seconds(2);
  while (load.open() > 0 && Clock::now() < patience) load.turn(patience);
  load.result.failures += load.open();
  return finished(load, begin);
}

HalfOpen::HalfOpen(std::uint16_t port, const std::string& beginning, int count) {
  for (int i = 0; i < count; ++i) {
    const int fd = connect_and_ask(port, beginning);
    if (fd < 0) throw std::runtime_error("no connection for a half-open client");
    sockets_.push_back(fd);
  }
}

HalfOpen::~HalfOpen() {
  for (const int fd : sockets_) close(fd);
}

int HalfOpen::open() const {
  char byte = 0;
  return static_cast<int>(std::count_if(sockets_.begin(), sockets_.end(), [&](int fd) {
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }));
}

}  // namespace hearth::bench
