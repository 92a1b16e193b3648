// however_cut(): what reads a stream must find the same in it however it is cut into pieces.
#ifndef HEARTH_TEST_FUZZ_HOWEVER_CUT_HPP
#define HEARTH_TEST_FUZZ_HOWEVER_CUT_HPP

#include <algorithm>
#include <random>
#include <string_view>

#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

// Calls `read(next_cut)` for one piece, for single bytes, and for pieces that `seed` chooses, and returns
// what the first found. `next_cut()` says how long the next piece is, 1 at least.
template <class Read>
auto however_cut(std::string_view stream, unsigned seed, Read read) {
  const auto whole = read([&] { return std::max<std::size_t>(stream.size(), 1); });
  const auto bytewise = read([] { return std::size_t{1}; });
  std::minstd_rand random(seed);
  const unsigned most = 2u << seed % 10;
  const auto pieces = read([&] { return std::size_t{1 + random() % most}; });
  require(whole == bytewise, "byte by byte gives what one piece gives");
  require(whole == pieces, "pieces give what one piece gives");
  return whole;
}

}  // namespace hearth::fuzz

#endif
