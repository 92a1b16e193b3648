// What AtHome's oldest clients need of an answer: ASCII, and braces that balance even if strings aren't
// known.
#ifndef HEARTH_TEST_FUZZ_WIRE_TEXT_HPP
#define HEARTH_TEST_FUZZ_WIRE_TEXT_HPP

#include <algorithm>
#include <string_view>

#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

// With `braces`: every { has its }, none comes too early, whatever they stand in.
inline void require_wire_text(std::string_view text, bool braces = true) {
  require(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }),
          "the text is printable ASCII", text);
  if (!braces) return;
  int depth = 0;
  for (const char c : text) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    require(depth >= 0, "no brace closes what is not open", text);
  }
  require(depth == 0, "braces balance", text);
}

}  // namespace hearth::fuzz

#endif
