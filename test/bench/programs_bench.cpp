// programs_bench BUILD_DIR [--quick]: a house of 10,000 programs: defining one more, and what they cost while
// none is due.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "client.hpp"
#include "house.hpp"
#include "row.hpp"

namespace hearth::bench {

namespace {

constexpr int kPrograms = 10'000;
constexpr int kMeasured = 500;  // of them, the last ones, one after the other
constexpr int kHands = 8;       // who define the others

struct Lengths {
  Seconds quiet{6};  // longer than the store lets a state wait for the disk
  Seconds settle{30};
  Seconds idle{20};
};

// Each at a time of its own, at least six hours away: the house's clock is UTC.
std::string definition(int number) {
  const auto minute = (std::time(nullptr) / 60 + 6 * 60 + number % (12 * 60)) % (24 * 60);
  return fmt::format(
      R"({{"request": "DefineProgram", "args": {{"name": "Program {}", "day-mask": "MTWTFSS", )"
      R"("trigger-method": "clock-time", "time": "{:02}:{:02}", "offset": 0, "randomize": 0, )"
      R"("randomize-amount": 0, "command": "on", "device-id": 1}}}})",
      number, minute / 60, minute % 60);
}

// Its latency, in microseconds.
double define(const House& house, int number) {
  const Client client(house.port(), definition(number));
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = client.ask();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  if (answer.find("\"result-code\": 0") == std::string::npos) throw std::runtime_error("refused: " + answer);
  return took.count();
}

void define_many(const House& house, int count) {
  std::atomic<int> next = 0;
  std::exception_ptr failure;
  std::atomic<bool> failed = false;
  std::vector<std::thread> hands;
  hands.reserve(kHands);
  for (int i = 0; i < kHands; ++i)
    hands.emplace_back([&] {
      try {
        for (int number = next++; number < count && !failed; number = next++) define(house, number);
      } catch (...) {
        if (!failed.exchange(true)) failure = std::current_exception();
      }
    });
  for (auto& hand : hands) hand.join();
  if (failure) std::rethrow_exception(failure);
}

void define_last(const House& house) {
  std::vector<double> took_us;
  for (int number = kPrograms - kMeasured; number < kPrograms; ++number)
    took_us.push_back(define(house, number));
  std::sort(took_us.begin(), took_us.end());
  const auto at = [&](double part) { return took_us[static_cast<std::size_t>(part * kMeasured)]; };
  print({"AtHome: DefineProgram among 10,000, latency p50", at(0.50), "us", Bound::kNone, 0, {}, {}});
  print({"AtHome: DefineProgram among 10,000, latency p99", at(0.99), "us", Bound::kNone, 0, {}, {}});
}

// How often each thread has been given a processor, without home's, which is the process's first: it looks
// after the plugins four times a second, now and for ever.
std::map<std::string, std::string> turns(const Child& server) {
  const auto process = std::to_string(server.pid());
  std::map<std::string, std::string> all;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + process + "/task")) {
    const auto id = thread.path().filename().string();
    if (id == process) continue;
    std::ifstream schedstat(thread.path() / "schedstat");
    std::string run_ns, wait_ns;
    schedstat >> run_ns >> wait_ns >> all[id];
  }
  return all;
}

// The definitions leave work behind: connections that end, and the first states, which the store writes up to
// 5 s after they came. The figure is of what goes on for ever, so it is waited for until every thread but
// home's has slept for a while. One that never does is in the figure.
void settle(Child& server, const Lengths& lengths) {
  for (Seconds waited{0}; waited < lengths.settle; waited += lengths.quiet) {
    const auto before = turns(server);
    server.observe(lengths.quiet);
    if (turns(server) == before) return;
  }
}

void idle(Child& server, const Lengths& lengths) {
  settle(server, lengths);
  const auto ticks = server.cpu_ticks();
  const auto cpu = server.cpu();
  server.observe(lengths.idle);
  const auto spent_ticks = static_cast<double>(server.cpu_ticks() - ticks);
  const auto spent = server.cpu() - cpu;
  print({fmt::format("10,000 programs, none due: CPU over {} s", lengths.idle.count()),
         spent_ticks / lengths.idle.count(),
         "%",
         Bound::kAtMost,
         0,
         fmt::format("{:.3f} ms of CPU time in all", spent.count() * 1000),
         {}});
  print({"10,000 programs: memory (PSS)", server.pss_mb(), "MB", Bound::kNone, 0, {}, {}});
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) try {
  using namespace hearth::bench;
  const bool quick = argc == 3 && std::strcmp(argv[2], "--quick") == 0;
  if (argc != 2 && !quick) {
    fmt::print(stderr, "usage: programs_bench BUILD_DIR [--quick]\n");
    return 2;
  }
  Lengths lengths;
  if (quick) lengths = {Seconds(1), Seconds(3), Seconds(2)};
  House house({.build = argv[1], .devices = 1});
  house.start();
  define_many(house, kPrograms - kMeasured);
  define_last(house);
  idle(house.server(), lengths);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "programs_bench: %s\n", e.what());
  return 1;
}
