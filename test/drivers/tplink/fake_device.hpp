// FakeDevice: a real server on loopback that answers as a TP-Link device does, or as no device should.
#ifndef HEARTH_TEST_DRIVERS_TPLINK_FAKE_DEVICE_HPP
#define HEARTH_TEST_DRIVERS_TPLINK_FAKE_DEVICE_HPP

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// What is sent back on one connection.
struct FakeReply {
  std::string bytes;
  bool byte_by_byte = false;
  bool hold = false;   // don't close afterwards: silence until the other side gives up
  bool reset = false;  // end with a reset
};

class FakeDevice {
 public:
  // Called on the device's thread with each request in plain.
  using Answer = std::function<FakeReply(const std::string& request)>;

  explicit FakeDevice(Answer answer, std::uint16_t port = 0);
  ~FakeDevice();

  std::uint16_t port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  void answer_with(Answer answer);
  std::vector<std::string> requests();
  // At most so many connections were open at a time.
  int most_at_once() const { return most_; }

  // Ciphered and framed: own code, so that it says something about the driver's.
  static FakeReply framed(std::string_view plain);

 private:
  void serve(int socket);
  void accept_all();

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  Answer answer_;
  std::vector<std::string> requests_;
  std::vector<std::thread> sessions_;
  std::atomic<bool> ending_{false};
  std::atomic<int> open_{0}, most_{0};
  std::thread acceptor_;
};

// A plug as it should be; its state is read and set by any thread.
struct FakePlug {
  explicit FakePlug(std::string its_id = "8006AAAA00000000000000000000000000000001", std::uint16_t port = 0)
      : id(std::move(its_id)), device([this](const std::string& r) { return answer(r); }, port) {}
  FakeReply answer(const std::string& request);

  std::string id;
  std::atomic<bool> on{false};
  std::string alias = "Fake";
  FakeDevice device;  // last: its thread uses the rest
};

#endif
