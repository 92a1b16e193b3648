// The loop's thread, and a plain client.
#include "loop_thread.hpp"

#include <Poco/Net/SocketAddress.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace hearth::test {

LoopThread::LoopThread()
    : workers_(events_, 2),
      host_(events_, workers_, uplink_, core::HostTable::Rights(),
            [this](std::uint32_t, std::string_view, std::string_view text) {
              const std::lock_guard lock(mutex_);
              lines_.emplace_back(text);
            },
            {}),
      thread_([this] { events_.run(); }) {
  on_loop([this] {
    loop_ = std::make_unique<Loop>(&host_.table());
    log_ = std::make_unique<Log>(&host_.table());
    io_ = std::make_unique<net::Io>(*loop_, *log_);
  });
}

LoopThread::~LoopThread() {
  std::promise<void> idle;
  on_loop([&] { workers_.stop([&] { idle.set_value(); }); });
  idle.get_future().wait();
  on_loop([this] { io_.reset(); });
  on_loop([this] { host_.close(); });
  events_.quit();
  thread_.join();
}

void LoopThread::on_loop(const std::function<void()>& what) {
  std::promise<void> done;
  events_.post([&] {
    what();
    done.set_value();
  });
  done.get_future().wait();
}

std::vector<std::string> LoopThread::log_lines() {
  const std::lock_guard lock(mutex_);
  return lines_;
}

bool eventually(const std::function<bool()>& what) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!what()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

Client::Client(const std::string& address) {
  const Poco::Net::SocketAddress to(address);
  fd_ = ::socket(to.af(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{5, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(fd_, to.addr(), to.length()) != 0) throw std::runtime_error("cannot connect to " + address);
}

Client::~Client() { ::close(fd_); }

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void Client::end() { ::shutdown(fd_, SHUT_WR); }

std::string Client::read(std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) {
    char buffer[4096];
    const auto n = ::recv(fd_, buffer, std::min(sizeof buffer, bytes - all.size()), 0);
    closed_ = n == 0;
    if (n <= 0) break;
    all.append(buffer, static_cast<std::size_t>(n));
  }
  return all;
}

std::string Client::read_all() { return read(static_cast<std::size_t>(-1)); }

bool Client::gone() {
  char byte;
  const auto n = ::recv(fd_, &byte, 1, 0);
  return n == 0 || (n < 0 && errno != EAGAIN);
}

}  // namespace hearth::test
