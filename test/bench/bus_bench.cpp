// bus_bench: runs the benchmarks of the bus; with --rows it prints their medians as lines of the table.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "medians.hpp"
#include "row.hpp"

namespace hearth::bench {

namespace {

void row(const Medians& medians, const std::string& what, const std::string& of, double most_ns) {
  print({what, medians.of(of), "ns", Bound::kAtMost, most_ns, {}, {}});
}

void publish_row(const Medians& medians, const std::string& subscribers, double most_ns) {
  const auto mine = medians.of("publish_hearth/" + subscribers);
  const auto poco = medians.of("publish_poco/" + subscribers),
             boost = medians.of("publish_signals2/" + subscribers);
  print({"bus: publish to " + subscribers, mine, "ns", Bound::kAtMost, most_ns,
         "Poco::NotificationCenter " + figure(poco) + " ns, Boost.Signals2 " + figure(boost) + " ns",
         figure(std::min(poco, boost) / mine) + " x faster"});
}

void print_rows(const Medians& medians) {
  publish_row(medians, "1", 8);
  publish_row(medians, "8", 16);
  publish_row(medians, "64", 110);
  row(medians, "bus: into 1 awake inbox", "inbox_awake/1", 16);
  row(medians, "bus: into 8 awake inboxes", "inbox_awake/8", 85);
  row(medians, "bus: into 64 awake inboxes", "inbox_awake/64", 620);
  row(medians, "bus: into 8 sleeping inboxes", "inbox_asleep/8", 45'000);
  const auto mine = 1e3 / medians.of("thread_to_thread_hearth"),
             poco = 1e3 / medians.of("thread_to_thread_poco");
  print({"bus: thread to thread", mine, "M messages/s", Bound::kAtLeast, 20,
         "Poco::NotificationQueue " + figure(poco) + " M/s", figure(mine / poco) + " x faster"});
  row(medians, "bus: a StateChanged built and copied", "build_state_changed", 80);
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) { return hearth::bench::run(argc, argv, hearth::bench::print_rows); }
