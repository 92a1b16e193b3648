// plain_chunks(): a chunked body, read at once and in another way than net does.
#ifndef HEARTH_TEST_FUZZ_PLAIN_CHUNKS_HPP
#define HEARTH_TEST_FUZZ_PLAIN_CHUNKS_HPP

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::fuzz {

// Takes a line off, up to CRLF; nothing if there is none, or if a bare CR or LF is in it.
inline std::optional<std::string_view> take_line(std::string_view& raw) {
  const auto end = raw.find("\r\n");
  if (end == raw.npos) return std::nullopt;
  const auto line = raw.substr(0, end);
  raw.remove_prefix(end + 2);
  if (line.find_first_of("\r\n") != line.npos) return std::nullopt;
  return line;
}

// `raw` is everything from the first size to the empty line at the end. Nothing if its form is not that of
// RFC 9112, section 7.1.
inline std::optional<std::string> plain_chunks(std::string_view raw) {
  std::string body;
  std::uint64_t size = 1;
  while (size != 0) {
    const auto line = take_line(raw);
    if (!line) return std::nullopt;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    const std::string_view rest(end, line->data() + line->size());
    const auto mark = rest.find_first_not_of(" \t");
    if (error != std::errc() || (!rest.empty() && (mark == rest.npos || rest[mark] != ';')) ||
        size > raw.size())
      return std::nullopt;
    if (size == 0) break;
    body += raw.substr(0, size);
    raw.remove_prefix(size);
    if (!raw.starts_with("\r\n")) return std::nullopt;
    raw.remove_prefix(2);
  }
  while (const auto trailer = take_line(raw)) {
    if (trailer->empty()) return raw.empty() ? std::optional(body) : std::nullopt;
    const auto name_end = trailer->find_first_of(": \t");
    if (name_end == 0 || name_end == trailer->npos || (*trailer)[name_end] != ':') return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace hearth::fuzz

#endif
