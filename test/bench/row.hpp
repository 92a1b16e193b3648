// One line of the table of docs/performance.md, as every benchmark prints it for the script `run`.
#ifndef HEARTH_TEST_BENCH_ROW_HPP
#define HEARTH_TEST_BENCH_ROW_HPP

#include <string>

namespace hearth::bench {

enum class Bound { kNone, kAtMost, kAtLeast };

struct Row {
  std::string what;
  double measured = 0;
  std::string unit;
  Bound bound = Bound::kNone;
  double target = 0;  // in the same unit
  std::string peer;   // the same by others in this run, as words
  std::string ratio;  // to the peer, as words

  bool missed() const;
};

// Three significant figures, with thousands apart: 0.0512, 8.31, 25,400.
std::string figure(double value);

// what | target | measured | peer | ratio, separated by tabs; a missed target is marked.
void print(const Row& row);

}  // namespace hearth::bench

#endif
