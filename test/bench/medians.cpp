// Between Google Benchmark and the table.
#include "medians.hpp"

#include <cmath>
#include <cstring>

namespace hearth::bench {

void Medians::ReportRuns(const std::vector<Run>& runs) {
  for (const auto& run : runs) {
    if (run.aggregate_name != "median") continue;
    const auto& name = run.run_name;
    medians_[name.args.empty() ? name.function_name : name.function_name + "/" + name.args] =
        name.time_type.empty() ? run.GetAdjustedCPUTime() : run.GetAdjustedRealTime();
  }
}

double Medians::of(const std::string& name) const {
  const auto found = medians_.find(name);
  return found == medians_.end() ? std::nan("") : found->second;
}

int run(int argc, char** argv, void (*print_rows)(const Medians&)) {
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
  Medians medians;
  benchmark::RunSpecifiedBenchmarks(&medians);
  print_rows(medians);
  return 0;
}

}  // namespace hearth::bench
