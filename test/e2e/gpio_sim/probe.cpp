// probe: what a shell is too slow for: counting edges, timing AtHome to the line, occupying a line.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "probe: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

// A line's level, as gpio-sim shows it below /sys.
class Level {
 public:
  explicit Level(const char* path) : file_(open(path, O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) fail(path);
  }
  bool high() const {
    char byte = 0;
    if (pread(file_, &byte, 1, 0) != 1) fail("reading a level");
    return byte == '1';
  }

 private:
  int file_;
};

// When to look at the levels, which tell nobody that they change: every 2 ms.
class Ticks {
 public:
  Ticks() : timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
    constexpr timespec kEvery{0, 2'000'000};
    const itimerspec times{kEvery, kEvery};
    if (timer_ < 0 || timerfd_settime(timer_, 0, &times, nullptr) != 0) fail("a timer");
  }
  Ticks(const Ticks&) = delete;
  Ticks& operator=(const Ticks&) = delete;
  ~Ticks() { close(timer_); }
  // For the next one, or no time if one has passed meanwhile.
  void wait() const {
    std::uint64_t passed = 0;
    if (read(timer_, &passed, sizeof passed) != sizeof passed) fail("a timer");
  }

 private:
  int timer_;
};

// edges SECONDS FILE...: how often each level changes meanwhile, in their order, and how long it took.
int edges(double seconds, char** paths, int count) {
  std::vector<Level> levels(paths, paths + count);
  std::vector<char> last;
  std::vector<unsigned> seen(levels.size());
  for (const Level& level : levels) last.push_back(level.high());
  const Ticks ticks;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    for (std::size_t i = 0; i < levels.size(); ++i)
      if (const char now = levels[i].high(); now != last[i]) {
        last[i] = now;
        ++seen[i];
      }
    ticks.wait();
  }
  for (const unsigned n : seen) std::printf("%u ", n);
  std::printf("%.2f\n", std::chrono::duration<double>(Clock::now() - begin).count());
  return 0;
}

// AtHome closes after its answer.
int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0 || connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    fail("connecting");
  return socket;
}

void drain(int socket) {
  char bytes[4096];
  ssize_t n = 0;
  while ((n = read(socket, bytes, sizeof bytes)) > 0) {
  }
  if (n < 0) fail("the answer");
  close(socket);
}

// toggle PORT DEVICE FILE COUNT: how long from before a client connects until the line is as asked, in
// microseconds: p50, p99, the longest. The line is low before.
int toggle(int port, const std::string& device, const char* path, int count) {
  const Level level(path);
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const bool on = i % 2 == 0;
    const std::string request =
        std::string("{\"request\":\"") + (on ? "On" : "Off") + R"(","args":{"device-id":")" + device + "\"}}";
    const auto begin = Clock::now();
    const int socket = connect_to(port);
    if (write(socket, request.data(), request.size()) != static_cast<ssize_t>(request.size())) fail("asking");
    while (level.high() != on)
      if (Clock::now() - begin > std::chrono::seconds(5)) fail("the line didn't follow");
    took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    drain(socket);
  }
  std::sort(took.begin(), took.end());
  const auto rank = [&](double part) {
    return took[static_cast<std::size_t>(part * (took.size() - 1) + 0.5)];
  };
  std::printf("%.0f %.0f %.0f\n", rank(0.5), rank(0.99), took.back());
  return 0;
}

// hold CHIP LINE CONSUMER: takes the line, says so, and keeps it until it is ended.
int hold(const char* chip, unsigned line, const char* consumer) {
  const int file = open(chip, O_RDWR | O_CLOEXEC);
  if (file < 0) fail(chip);
  gpio_v2_line_request request{};
  request.offsets[0] = line;
  request.num_lines = 1;
  std::snprintf(request.consumer, sizeof request.consumer, "%s", consumer);
  request.config.flags = GPIO_V2_LINE_FLAG_OUTPUT;
  if (ioctl(file, GPIO_V2_GET_LINE_IOCTL, &request) != 0) fail("taking the line");
  std::puts("held");
  std::fflush(stdout);
  pause();
  return 0;
}

// ticks SECONDS: the CPU that a bare loop needs to be woken 16 times a second, as eight blinking lights do
// it: what of their figure is the kernel's and the processor's part?
int ticks(double seconds) {
  constexpr int kRate = 16;
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event wanted{EPOLLIN, {}};
  const itimerspec period{{0, 1'000'000'000 / kRate}, {0, 1'000'000'000 / kRate}};
  if (timer < 0 || poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, timer, &wanted) != 0) fail("epoll");
  if (timerfd_settime(timer, 0, &period, nullptr) != 0) fail("a timer");
  const int count = static_cast<int>(seconds * kRate);
  const auto begin = std::clock();
  for (int i = 0; i < count; ++i) {
    std::uint64_t due = 0;
    epoll_event seen{};
    if (epoll_wait(poll, &seen, 1, -1) != 1 || read(timer, &due, sizeof due) != sizeof due) fail("a tick");
  }
  std::printf("%.0f us\n", static_cast<double>(std::clock() - begin) / count * 1e6 / CLOCKS_PER_SEC);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word == "edges" && argc > 3) return edges(std::atof(argv[2]), argv + 3, argc - 3);
  if (word == "toggle" && argc == 6)
    return toggle(std::atoi(argv[2]), argv[3], argv[4], std::max(1, std::atoi(argv[5])));
  if (word == "hold" && argc == 5) return hold(argv[2], static_cast<unsigned>(std::atoi(argv[3])), argv[4]);
  if (word == "ticks" && argc == 3) return ticks(std::atof(argv[2]));
  std::fputs(
      "usage: probe edges SECONDS FILE... | toggle PORT DEVICE FILE COUNT | hold CHIP LINE CONSUMER | "
      "ticks SECONDS\n",
      stderr);
  return 2;
}
