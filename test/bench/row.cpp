// Figures as text.
#include "row.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

namespace hearth::bench {

bool Row::missed() const {
  if (bound == Bound::kNone) return false;
  // A measurement that failed is NaN, and no NaN meets a target.
  return !(bound == Bound::kAtMost ? measured <= target : measured >= target);
}

std::string figure(double value) {
  if (std::isnan(value)) return "none";
  if (value == 0) return "0";
  if (std::abs(value) < 100) return fmt::format("{:.3g}", value);
  auto digits = fmt::format("{:.0f}", value);
  for (auto at = static_cast<int>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

void print(const Row& row) {
  const auto with_unit = [&](double value) {
    return row.unit.empty() ? figure(value) : fmt::format("{} {}", figure(value), row.unit);
  };
  std::string target = "-";
  if (row.bound == Bound::kAtMost) target = "<= " + with_unit(row.target);
  if (row.bound == Bound::kAtLeast) target = ">= " + with_unit(row.target);
  fmt::print("{}\t{}\t{}{}\t{}\t{}\n", row.what, target, with_unit(row.measured),
             row.missed() ? " (missed)" : "", row.peer.empty() ? "-" : row.peer,
             row.ratio.empty() ? "-" : row.ratio);
  std::fflush(stdout);
}

}  // namespace hearth::bench
