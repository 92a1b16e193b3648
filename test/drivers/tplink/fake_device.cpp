// One thread that accepts, one for each connection; every wait ends when the fake ends.
#include "test/drivers/tplink/fake_device.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace {

bool readable(int socket, int ms) {
  pollfd one{socket, POLLIN, 0};
  return poll(&one, 1, ms) > 0;
}

}  // namespace

FakeDevice::FakeDevice(Answer answer, std::uint16_t port) : answer_(std::move(answer)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the fake device has no socket");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeDevice::~FakeDevice() {
  ending_ = true;
  acceptor_.join();
  for (auto& session : sessions_) session.join();
  close(listener_);
}

void FakeDevice::answer_with(Answer answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

std::vector<std::string> FakeDevice::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

FakeReply FakeDevice::framed(std::string_view plain) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(plain.size() >> shift);
  int key = 171;
  for (const char c : plain) {
    key ^= static_cast<unsigned char>(c);
    bytes += static_cast<char>(key);
  }
  return {bytes};
}

void FakeDevice::accept_all() {
  while (!ending_) {
    if (!readable(listener_, 10)) continue;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    sessions_.emplace_back([this, socket] {
      const int open = ++open_;
      int most = most_;
      while (open > most && !most_.compare_exchange_weak(most, open)) {
      }
      serve(socket);
      --open_;
      close(socket);
    });
  }
}

void FakeDevice::serve(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char buffer[4096];
  while (!ending_ && !readable(socket, 10)) {
  }
  const auto got = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got < 4) return;
  std::string plain;
  unsigned char key = 171;
  for (long i = 4; i < got; ++i) {
    plain += static_cast<char>(static_cast<unsigned char>(buffer[i]) ^ key);
    key = static_cast<unsigned char>(buffer[i]);
  }
  Answer answer;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(plain);
    answer = answer_;
  }
  const auto reply = answer(plain);
  const std::size_t step = reply.byte_by_byte ? 1 : std::max<std::size_t>(1, reply.bytes.size());
  for (std::size_t at = 0; at < reply.bytes.size(); at += step)
    if (send(socket, reply.bytes.data() + at, std::min(step, reply.bytes.size() - at), MSG_NOSIGNAL) < 0)
      return;
  if (reply.reset) {
    const linger now{1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  while (reply.hold && !ending_) {
    if (readable(socket, 10) && recv(socket, buffer, sizeof buffer, MSG_DONTWAIT) <= 0) return;
  }
}

FakeReply FakePlug::answer(const std::string& request) {
  if (request.find("set_relay_state") != request.npos) {
    on = request.find("\"state\":1") != request.npos;
    return FakeDevice::framed(R"({"system":{"set_relay_state":{"err_code":0}}})");
  }
  return FakeDevice::framed(
      R"({"system":{"get_sysinfo":{"type":"IOT.SMARTPLUGSWITCH","model":"HS100","alias":")" + alias +
      R"(","deviceId":")" + id + R"(","relay_state":)" + (on ? "1" : "0") +
      R"(,"feature":"TIM","rssi":-40,"latitude":47.123456,"longitude":8.654321,"err_code":0}}})");
}
