// Medians: what Google Benchmark measured, as lines of the table.
#ifndef HEARTH_TEST_BENCH_MEDIANS_HPP
#define HEARTH_TEST_BENCH_MEDIANS_HPP

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

namespace hearth::bench {

// Keeps the median of each benchmark, as CPU time in its unit unless it takes its own time, under its name
// without options ("publish_hearth/8").
class Medians : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override;
  // Not a number if there is none of that name.
  double of(const std::string& name) const;

 private:
  std::map<std::string, double> medians_;
};

// What main() of such a program does: runs the benchmarks, or with --rows, as the first argument, five times
// each and prints the rows. The exit status.
int run(int argc, char** argv, void (*print_rows)(const Medians&));

}  // namespace hearth::bench

#endif
