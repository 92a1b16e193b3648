// Tests of the log: ring, order, limits and listeners.
#include "core/log/log.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <optional>
#include <thread>

using hearth::core::Log;
using hearth::core::LogEntry;
using hearth::core::LogLevel;
using hearth::core::LogListener;
using hearth::core::LogOptions;

namespace {

// A log that writes nowhere, and whose clocks the test turns.
struct Bench {
  std::int64_t time_us = 1'000'000;
  Log log;

  explicit Bench(std::size_t entries = 100, LogLevel level = LogLevel::kDebug)
      : log(options(entries, level)) {}

  LogOptions options(std::size_t entries, LogLevel level) {
    LogOptions options;
    options.entries = entries;
    options.level = level;
    options.fd = -1;
    options.plugin_rate = {4, 2};
    options.wall_us = [this] { return time_us; };
    options.steady_us = [this] { return time_us; };
    return options;
  }
};

std::string texts(const std::vector<LogEntry>& entries) {
  std::string all;
  for (const LogEntry& entry : entries) all += entry.text + ";";
  return all;
}

}  // namespace

TEST_CASE("an entry keeps number, time, level, plugin, device and text") {
  Bench bench;
  bench.log.info("first");
  bench.log.write(LogLevel::kWarning, "tplink", "tplink:1", "second");
  const auto entries = bench.log.entries_since(0, 10);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].seq == 1);
  CHECK(entries[0].plugin.empty());
  CHECK(entries[1].seq == 2);
  CHECK(entries[1].time_us == 1'000'000);
  CHECK(entries[1].level == LogLevel::kWarning);
  CHECK(entries[1].plugin == "tplink");
  CHECK(entries[1].device == "tplink:1");
  CHECK(entries[1].text == "second");
}

TEST_CASE("the ring keeps the newest entries, sixteen at least") {
  Bench bench(3);
  for (int i = 1; i <= 40; ++i) bench.log.info(std::to_string(i));
  const auto entries = bench.log.entries_since(0, 1000);
  CHECK(entries.size() == 16);
  CHECK(entries.front().text == "25");
  CHECK(bench.log.last_seq() == 40);
  bench.log.set_entries(20);
  for (int i = 41; i <= 100; ++i) bench.log.info(std::to_string(i));
  CHECK(bench.log.entries_since(0, 1000).size() == 20);
  bench.log.set_entries(0);
  CHECK(bench.log.entries_since(0, 1000).size() == 16);
}

TEST_CASE("long texts can't make the ring large") {
  Bench bench(100);
  for (int i = 0; i < 100; ++i) bench.log.info(std::string(5000, 'x'));
  std::size_t bytes = 0;
  for (const auto& entry : bench.log.entries_since(0, 1000)) bytes += entry.text.size();
  CHECK(bytes <= 100 * Log::kMeanText);
  CHECK(bytes > 40'000);
}

TEST_CASE("a follower gets each entry once by passing the last number") {
  Bench bench;
  for (int i = 1; i <= 7; ++i) bench.log.info(std::to_string(i));
  CHECK(texts(bench.log.entries_since(0, 3)) == "1;2;3;");
  CHECK(texts(bench.log.entries_since(3, 3)) == "4;5;6;");
  CHECK(texts(bench.log.entries_since(6, 3)) == "7;");
  CHECK(bench.log.entries_since(7, 3).empty());
  CHECK(bench.log.entries_since(UINT64_MAX - 1, 3).empty());
}

TEST_CASE("entries are found by level, oldest or newest") {
  Bench bench;
  bench.log.debug("d");
  bench.log.error("e1");
  bench.log.info("i");
  bench.log.error("e2");
  bench.log.warning("w");
  CHECK(texts(bench.log.entries_since(0, 10, LogLevel::kWarning)) == "e1;e2;w;");
  CHECK(texts(bench.log.latest(2, LogLevel::kError)) == "e1;e2;");
  CHECK(texts(bench.log.latest(2)) == "e2;w;");
}

TEST_CASE("what is below the level is not kept, and the level can be changed") {
  Bench bench(100, LogLevel::kInfo);
  bench.log.debug("no");
  bench.log.set_level(LogLevel::kDebug);
  bench.log.debug("yes");
  bench.log.set_level(LogLevel::kError);
  bench.log.warning("no");
  CHECK(texts(bench.log.entries_since(0, 10)) == "yes;");
  CHECK(bench.log.last_seq() == 1);
}

TEST_CASE("hostile text and names become one short line") {
  Bench bench;
  bench.log.write(static_cast<LogLevel>(77), "p", std::string(1000, 'd'),
                  "a\nb\xFF" + std::string(10'000, 'x'));
  const auto entry = bench.log.entries_since(0, 1).at(0);
  CHECK(entry.level == LogLevel::kError);
  CHECK(entry.device.size() <= Log::kMaxName);
  CHECK(entry.text.size() <= Log::kMaxText);
  CHECK(entry.text.starts_with("a\\nb\xEF\xBF\xBDx"));
}

TEST_CASE("a plugin that logs too fast is cut off, and the number of lost lines is said once") {
  Bench bench;
  for (int i = 0; i < 10; ++i) bench.log.write(LogLevel::kInfo, "noisy", "", "n");
  CHECK(texts(bench.log.entries_since(0, 100)) == "n;n;n;n;");
  CHECK(bench.log.suppressed("noisy") == 6);
  bench.time_us += 2'000'000;
  bench.log.write(LogLevel::kInfo, "noisy", "", "m");
  bench.log.write(LogLevel::kInfo, "noisy", "", "m");
  const auto entries = bench.log.entries_since(4, 100);
  CHECK(texts(entries) == "6 lines suppressed;m;m;");
  CHECK(entries[0].plugin == "noisy");
  CHECK(entries[0].level == LogLevel::kWarning);
}

TEST_CASE("lost lines of a plugin that fell silent are told with the next line of anybody") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.log.write(LogLevel::kInfo, "noisy", "", "n");
  bench.log.info("too early");
  bench.time_us += 5'000'000;
  bench.log.info("later");
  bench.log.info("last");
  CHECK(texts(bench.log.entries_since(4, 100)) == "too early;1 line suppressed;later;last;");
}

TEST_CASE("neither the server nor another plugin suffers from a noisy one") {
  Bench bench;
  for (int i = 0; i < 50; ++i) bench.log.write(LogLevel::kInfo, "noisy", "", "n");
  for (int i = 0; i < 20; ++i) bench.log.info("server");
  for (int i = 0; i < 4; ++i) bench.log.write(LogLevel::kInfo, "quiet", "", "q");
  CHECK(bench.log.last_seq() == 4 + 20 + 4);
  CHECK(bench.log.suppressed("quiet") == 0);
  CHECK(bench.log.suppressed("unknown") == 0);
}

TEST_CASE("a listener is called for each kept entry until its handle is dropped") {
  Bench bench(100, LogLevel::kInfo);
  int calls = 0;
  std::optional<LogListener> listener = bench.log.on_entry([&] { ++calls; });
  bench.log.info("one");
  bench.log.debug("below the level");
  CHECK(calls == 1);
  LogListener moved = std::move(*listener);
  listener.reset();
  bench.log.info("two");
  CHECK(calls == 2);
  moved = LogListener();
  bench.log.info("three");
  CHECK(calls == 2);
}

TEST_CASE("a listener's handle may outlive the log") {
  LogListener listener;
  {
    Bench bench;
    listener = bench.log.on_entry([] {});
  }
  SUCCEED();
}

TEST_CASE("many threads write and follow at once, and no entry is lost or doubled") {
  LogOptions options;
  options.fd = -1;
  Log log(options);
  std::atomic<int> woken = 0;
  const LogListener listener = log.on_entry([&] { ++woken; });

  std::uint64_t seen = 0;
  std::atomic<bool> in_order = true;
  std::thread follower([&] {
    while (seen < 4000) {
      for (const auto& entry : log.entries_since(seen, 100)) {
        if (entry.seq != seen + 1) in_order = false;
        seen = entry.seq;
      }
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&log, t] {
      for (int i = 0; i < 1000; ++i) log.info(std::to_string(t));
    });
  }
  for (auto& writer : writers) writer.join();
  follower.join();
  CHECK(in_order);
  CHECK(woken == 4000);
}

TEST_CASE("levels have names") {
  CHECK(hearth::core::name(LogLevel::kWarning) == "warning");
  CHECK(hearth::core::log_level("debug") == LogLevel::kDebug);
  CHECK_FALSE(hearth::core::log_level("loud"));
}
