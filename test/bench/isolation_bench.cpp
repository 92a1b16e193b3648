// isolation_bench: a plugin in a process of its own: how long a message takes there and back, how many go
// through, what the process costs. Prints lines of the table.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include "core/isolation/child.hpp"
#include "row.hpp"
#include "test/core/isolation/process_harness.hpp"

namespace hearth::bench {

namespace {

using core::PluginStep;
using core::test::ProcessHarness;

constexpr int kRoundTrips = 5'000;
constexpr std::uint64_t kFlood = 1'000'000;
constexpr int kLoads = 50;

double us_since(std::int64_t begin) { return static_cast<double>(core::steady_now_us() - begin); }

double median(std::vector<double> figures) {
  const auto middle = figures.begin() + static_cast<std::ptrdiff_t>(figures.size() / 2);
  std::nth_element(figures.begin(), middle, figures.end());
  return *middle;
}

// In kB (proc_pid_smaps(5)).
std::uint64_t pss_of(pid_t pid) {
  std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string word; rollup >> word;)
    if (std::uint64_t kb = 0; word == "Pss:" && rollup >> kb) return kb;
  return 0;
}

void loads() {
  std::vector<double> took;
  for (int i = 0; i < kLoads; ++i) {
    ProcessHarness plugin(UNRULY, PLUGIN_HOST);
    const auto begin = core::steady_now_us();
    plugin.begin();
    took.push_back(us_since(begin) / 1000);
  }
  print({"isolated: process started, plugin loaded and started",
         median(took),
         "ms",
         Bound::kAtMost,
         5,
         {},
         {}});
}

void memory() {
  ProcessHarness plugin(UNRULY, PLUGIN_HOST);
  plugin.begin();
  plugin.ask("echo", "x");
  print({"isolated: PSS of a plugin of the SDK only",
         static_cast<double>(pss_of(plugin.process->pid())) / 1024,
         "MB",
         Bound::kAtMost,
         1.3,
         {},
         {}});
}

void round_trips() {
  ProcessHarness plugin(UNRULY, PLUGIN_HOST);
  plugin.begin();
  std::vector<double> took;
  for (int i = 0; i < kRoundTrips; ++i) {
    const auto begin = core::steady_now_us();
    plugin.ask("echo", "x");
    took.push_back(us_since(begin));
    plugin.sent.clear();
  }
  print({"isolated: a request there and back, p50", median(took), "us", Bound::kAtMost, 60, {}, {}});
}

void floods() {
  ProcessHarness up(UNRULY, PLUGIN_HOST);
  up.begin();
  auto begin = core::steady_now_us();
  up.ask("flood", std::to_string(kFlood));
  print({"isolated: messages from the plugin",
         static_cast<double>(up.events) / us_since(begin),
         "M messages/s",
         Bound::kAtLeast,
         1,
         {},
         {}});

  ProcessHarness down(UNRULY, PLUGIN_HOST);
  down.begin();
  const auto counted = down.call("count", std::to_string(kFlood));
  const auto subscription = [&]() -> std::uint64_t {
    for (const auto& m : down.sent)
      if (m.kind == core::MessageKind::kSubscribe) return m.handle;
    return 0;
  };
  down.wait([&] { return subscription() != 0; });
  Builder builder;
  core::Message fact;
  fact.type = kType<StateChanged>;
  fact.handle = subscription();
  fact.body = core::Body(encode(builder, StateChanged{"bench:lamp", "on_off", true}));
  std::uint64_t pushed = 0;
  begin = core::steady_now_us();
  down.wait([&] {
    auto& inbox = down.process->inbox();
    for (; pushed < kFlood && inbox.size() < 2048; ++pushed) inbox.push(fact);
    return std::any_of(down.sent.begin(), down.sent.end(), [&](const core::Message& m) {
      return m.kind == core::MessageKind::kAnswer && m.handle == counted;
    });
  });
  print({"isolated: messages to the plugin",
         static_cast<double>(kFlood) / us_since(begin),
         "M messages/s",
         Bound::kAtLeast,
         1,
         {},
         {}});
}

}  // namespace
}  // namespace hearth::bench

int main() {
  hearth::bench::loads();
  hearth::bench::memory();
  hearth::bench::round_trips();
  hearth::bench::floods();
}
