// require(): what must hold for every input; what doesn't ends the program, and libFuzzer keeps the input.
#ifndef HEARTH_TEST_FUZZ_REQUIRE_HPP
#define HEARTH_TEST_FUZZ_REQUIRE_HPP

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace hearth::fuzz {

// `what` and `seen` go to stderr: the rule that was broken, and by what.
inline void require(bool holds, std::string_view what, std::string_view seen = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n%.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(seen.size()), seen.data());
  std::abort();
}

}  // namespace hearth::fuzz

#endif
