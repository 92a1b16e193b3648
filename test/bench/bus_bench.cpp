// bus_bench: runs the benchmarks of the bus; with --rows it prints their medians as lines of the table.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "row.hpp"

namespace hearth::bench {

namespace {

// Keeps the median of each benchmark, in nanoseconds of CPU time unless it takes its own, under its name
// without options ("publish_hearth/8").
class Medians : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs)
      if (run.aggregate_name == "median")
        ns_[name(run)] =
            run.run_name.time_type.empty() ? run.GetAdjustedCPUTime() : run.GetAdjustedRealTime();
  }
  double ns(const std::string& name) const {
    const auto found = ns_.find(name);
    return found == ns_.end() ? std::nan("") : found->second;
  }

 private:
  static std::string name(const Run& run) {
    return run.run_name.args.empty() ? run.run_name.function_name
                                     : run.run_name.function_name + "/" + run.run_name.args;
  }
  std::map<std::string, double> ns_;
};

void row(const Medians& medians, const std::string& what, const std::string& of, double most_ns) {
  print({what, medians.ns(of), "ns", Bound::kAtMost, most_ns, {}, {}});
}

void publish_row(const Medians& medians, const std::string& subscribers, double most_ns) {
  const auto mine = medians.ns("publish_hearth/" + subscribers);
  const auto poco = medians.ns("publish_poco/" + subscribers),
             boost = medians.ns("publish_signals2/" + subscribers);
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
  const auto mine = 1e3 / medians.ns("thread_to_thread_hearth"),
             poco = 1e3 / medians.ns("thread_to_thread_poco");
  print({"bus: thread to thread", mine, "M messages/s", Bound::kAtLeast, 20,
         "Poco::NotificationQueue " + figure(poco) + " M/s", figure(mine / poco) + " x faster"});
  row(medians, "bus: a StateChanged built and copied", "build_state_changed", 80);
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) {
  const bool rows = argc > 1 && std::strcmp(argv[1], "--rows") == 0;
  std::vector<char*> arguments(argv, argv + argc);
  char repetitions[] = "--benchmark_repetitions=5", min_time[] = "--benchmark_min_time=0.1";
  if (rows) {
    arguments.erase(arguments.begin() + 1);
    arguments.insert(arguments.end(), {repetitions, min_time});
  }
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  if (!rows) return benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 1;
  hearth::bench::Medians medians;
  benchmark::RunSpecifiedBenchmarks(&medians);
  hearth::bench::print_rows(medians);
  return 0;
}
