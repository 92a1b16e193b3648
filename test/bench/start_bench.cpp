// start_bench BUILD_DIR [--quick]: how long hearthd takes to be ready with every plugin, and what it costs
// while nothing happens.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <vector>

#include "house.hpp"
#include "row.hpp"

namespace hearth::bench {

namespace {

struct Lengths {
  int starts = 11;
  Seconds settle{3};  // writes of the start reach the disk, late drivers give up
  Seconds idle{20};
  int reloads = 1000;
};

// How many plugins hearthctl shows in each state.
std::map<std::string, int> states(const House& house) {
  const auto text = house.ctl({"plugins", "--json"});
  std::map<std::string, int> counts;
  const std::string key = "\"state\"";
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    const auto begin = text.find('"', at + key.size()) + 1;
    ++counts[text.substr(begin, text.find('"', begin) - begin)];
  }
  return counts;
}

std::string words(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [state, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return text;
}

void start(House& house, int starts) {
  std::vector<double> took_ms;
  const auto first = house.start();
  for (int i = 0; i < starts; ++i) {
    house.stop();
    took_ms.push_back(house.start());
  }
  std::sort(took_ms.begin(), took_ms.end());
  print({"start to ready, median",
         took_ms[took_ms.size() / 2],
         "ms",
         Bound::kAtMost,
         100,
         "plugins: " + words(states(house)),
         {}});
  print({"start to ready, slowest",
         took_ms.back(),
         "ms",
         Bound::kNone,
         0,
         "the very first " + figure(first) + " ms",
         {}});
}

struct Held {
  double pss_mb;
  std::ptrdiff_t descriptors, threads;
};

Held held(const Child& server) {
  const auto entries = [&](const char* what) {
    const auto folder = std::filesystem::path("/proc") / std::to_string(server.pid()) / what;
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  return {server.pss_mb(), entries("fd"), entries("task")};
}

// As its user has it: from starting hearthctl to its end. The plugin is away for a part of that.
std::vector<double> reload(const House& house, int times) {
  std::vector<double> took_ms;
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    house.ctl({"plugins", "reload", "simulated"});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    took_ms.push_back(took.count());
  }
  std::sort(took_ms.begin(), took_ms.end());
  return took_ms;
}

void reloads(const House& house, const Child& server, int times) {
  reload(house, times / 10);  // until the log's ring and the like are full
  const auto before = held(server);
  const auto took_ms = reload(house, times);
  const auto after = held(server);
  print({"reload a plugin with hearthctl, slowest of " + std::to_string(times),
         took_ms.back(),
         "ms",
         Bound::kAtMost,
         200,
         "median " + figure(took_ms[took_ms.size() / 2]) + " ms",
         {}});
  print({fmt::format("{} reloads: growth of memory (PSS)", times),
         after.pss_mb - before.pss_mb,
         "MB",
         Bound::kNone,
         0,
         fmt::format("descriptors {:+}, threads {:+}", after.descriptors - before.descriptors,
                     after.threads - before.threads),
         {}});
}

void idle(Child& server, const Lengths& lengths) {
  server.observe(lengths.settle);
  const auto ticks = server.cpu_ticks();
  const auto cpu = server.cpu();
  const auto written = server.bytes_written();
  server.observe(lengths.idle);
  const auto spent_ticks = static_cast<double>(server.cpu_ticks() - ticks);
  const auto spent = server.cpu() - cpu;
  print({"idle: memory (PSS)", server.pss_mb(), "MB", Bound::kAtMost, 15, {}, {}});
  print({fmt::format("idle: CPU over {} s", lengths.idle.count()),
         spent_ticks / lengths.idle.count(),
         "%",
         Bound::kAtMost,
         0,
         fmt::format("{:.3f} ms of CPU time in all", spent.count() * 1000),
         {}});
  print({fmt::format("idle: written to disk in {} s", lengths.idle.count()),
         static_cast<double>(server.bytes_written() - written),
         "bytes",
         Bound::kAtMost,
         0,
         {},
         {}});
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) try {
  using namespace hearth::bench;
  const bool quick = argc == 3 && std::strcmp(argv[2], "--quick") == 0;
  if (argc != 2 && !quick) {
    fmt::print(stderr, "usage: start_bench BUILD_DIR [--quick]\n");
    return 2;
  }
  Lengths lengths;
  if (quick) lengths = {3, Seconds(1), Seconds(2), 5};
  House house({.build = argv[1], .devices = 6, .every_plugin = true});
  start(house, lengths.starts);
  idle(house.server(), lengths);
  reloads(house, house.server(), lengths.reloads);
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "start_bench: {}\n", e.what());
  return 1;
}
