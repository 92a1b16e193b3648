// Makes text from outside fit for one line of a log or a terminal.
#ifndef HEARTH_CORE_LOG_ONE_LINE_HPP
#define HEARTH_CORE_LOG_ONE_LINE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::core {

// At most `limit` bytes of valid UTF-8 without a control character:
//   - control characters become \n, \r, \t or \u{1b}; so do line separators and the marks that turn the
//   direction
//     of writing, with which a line could pretend to be another,
//   - a wrong byte becomes U+FFFD,
//   - what is longer is cut between code points and ends in U+2026 (...). `limit` is at least 8.
std::string one_line(std::string_view text, std::size_t limit);

}  // namespace hearth::core

#endif
