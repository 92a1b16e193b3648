// Packets carry the time when they were due, so that the receiver's side knows the latency.
#include "relay_crowd.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace hearth::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kStamp = R"("t":)";
constexpr std::uint64_t kDeafEvery = 64;  // packets, one of them to who doesn't read

}  // namespace

RelayCrowd::RelayCrowd(std::uint16_t port, int clients) : port_(port), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  for (int i = 0; i < clients; ++i) {
    all_.push_back({join(fmt::format("d{}", i)), {}, {}, 0, 0});
    auto& one = all_.back();
    one.to = (static_cast<std::size_t>(i) + 1) % static_cast<std::size_t>(clients);
    epoll_event watch{EPOLLIN, {.u64 = static_cast<std::uint64_t>(i)}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, one.fd, &watch);
  }
}

RelayCrowd::~RelayCrowd() {
  for (const auto& one : all_) ::close(one.fd);
  if (deaf_ >= 0) ::close(deaf_);
  ::close(epoll_);
}

int RelayCrowd::join(const std::string& name) const {
  const int fd = connect_to(port_);
  if (fd < 0) throw std::runtime_error("no connection to the relay");
  const auto packet =
      fmt::format(R"({{"target":"server","payload":{{"command":"register","device_name":"{}"}}}})"
                  "\n",
                  name);
  std::array<char, 512> answer{};
  const auto sent = ::send(fd, packet.data(), packet.size(), MSG_NOSIGNAL);
  const auto got = sent < 0 ? -1 : ::recv(fd, answer.data(), answer.size(), 0);
  const std::string_view said(answer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (!said.starts_with(R"({"success":true)")) {
    ::close(fd);
    throw std::runtime_error(fmt::format("{} is not registered: {}", name, said));
  }
  return fd;
}

void RelayCrowd::add_deaf(const std::string& name) {
  deaf_ = join(name);
  deaf_name_ = name;
}

double RelayCrowd::now() const { return Seconds(Clock::now().time_since_epoch()).count(); }

void RelayCrowd::send(std::size_t from, double due) {
  auto& one = all_[from];
  const bool to_deaf = deaf_ >= 0 && ++sent_ % kDeafEvery == 0;
  if (one.to == from) one.to = (one.to + 1) % all_.size();
  const auto target = to_deaf ? deaf_name_ : fmt::format("d{}", one.to);
  if (!to_deaf) one.to = (one.to + 1) % all_.size();
  fmt::format_to(std::back_inserter(one.output),
                 R"({{"target":"{}","payload":{{"command":"set","brightness":40,"t":{}}}}})"
                 "\n",
                 target, static_cast<std::int64_t>(due * 1e9));
  ++unanswered_;
}

// The relay takes everything, so that blocking here costs nothing.
void RelayCrowd::flush(One& one) {
  std::string_view rest = one.output;
  while (!rest.empty()) {
    const auto n = ::send(one.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n < 0) throw std::runtime_error("the relay has closed a connection");
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  one.output.clear();
}

void RelayCrowd::heard(One& one, std::string_view line) {
  if (line.starts_with(R"({"success")")) {
    if (line[11] == 'f') ++(line.find("not reading") != std::string_view::npos ? refused_ : result_.failures);
    --unanswered_;
    ++one.credits;
    return;
  }
  const auto at = line.rfind(kStamp);
  std::int64_t stamp = 0;
  if (at == std::string_view::npos) {
    ++result_.failures;
    return;
  }
  std::from_chars(line.data() + at + kStamp.size(), line.data() + line.size(), stamp);
  result_.latencies_us.push_back(static_cast<float>((now() - static_cast<double>(stamp) / 1e9) * 1e6));
  ++result_.answers;
}

void RelayCrowd::read(std::size_t index) {
  auto& one = all_[index];
  std::array<char, 65536> buffer;
  const auto got = ::recv(one.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN)) throw std::runtime_error("the relay has closed a connection");
  if (got < 0) return;
  one.input.append(buffer.data(), static_cast<std::size_t>(got));
  std::string_view rest = one.input;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    heard(one, rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  one.input.erase(0, one.input.size() - rest.size());
  if (!again_) return;
  for (const auto due = now(); one.credits > 0; --one.credits) send(index, due);
  flush(one);
}

void RelayCrowd::turn(double timeout) {
  std::array<epoll_event, 128> events;
  const auto ns = static_cast<long>(std::max(0.0, timeout) * 1e9);
  const timespec wait{ns / 1'000'000'000, ns % 1'000'000'000};
  const int n = epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
  for (int i = 0; i < n; ++i) read(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
}

// What is still under way at the end counts as a failure if it doesn't come soon.
void RelayCrowd::settle(double end) {
  again_ = false;
  while (unanswered_ != 0 && now() < end + 5) turn(0.1);
  turn(0.01);
  result_.failures += unanswered_;
  unanswered_ = 0;
  for (auto& one : all_) one.credits = 0;
  std::ranges::sort(result_.latencies_us);
}

LoadResult RelayCrowd::closed_loop(std::size_t window, Seconds time) {
  result_ = {};
  again_ = true;
  const auto begin = now(), end = begin + time.count();
  for (std::size_t i = 0; i < all_.size(); ++i) {
    for (std::size_t n = 0; n < window; ++n) send(i, now());
    flush(all_[i]);
  }
  while (now() < end) turn(end - now());
  result_.took = Seconds(now() - begin);
  const auto answers = result_.answers;
  settle(end);
  result_.answers = answers;
  return std::exchange(result_, {});
}

LoadResult RelayCrowd::open_loop(double per_second, Seconds time) {
  result_ = {};
  const auto begin = now(), end = begin + time.count();
  std::size_t sent = 0;
  for (auto due = begin; due < end; due = begin + static_cast<double>(sent) / per_second) {
    do {
      turn(due - now());  // at least once, so that answers are read even while it is late
    } while (now() < due);
    // All that is due by now, each from the next client.
    for (const auto late = now(); due <= late && due < end;
         due = begin + static_cast<double>(++sent) / per_second) {
      const auto from = sent % all_.size();
      send(from, due);
      flush(all_[from]);
    }
  }
  settle(end);
  result_.took = Seconds(now() - begin);
  return std::exchange(result_, {});
}

}  // namespace hearth::bench
