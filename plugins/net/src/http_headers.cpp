// Looking for fields in checked lines, and checking those to be sent.
#include "hearth/net/http_headers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace hearth::net {

namespace {

constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  return table;
}();

constexpr std::array<std::string_view, 5> kOfTheWriter{"content-length", "transfer-encoding", "connection",
                                                       "trailer", "keep-alive"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// Eight bytes at a time: is any of them below 0x20, or 0x7f? Tabs are looked at again by the caller.
bool may_hold_control(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const std::uint64_t below = (word - kOnes * 0x20) & ~word & kHigh;
  const std::uint64_t del = word ^ (kOnes * 0x7f);
  return (below | ((del - kOnes) & ~del & kHigh)) != 0;
}

}  // namespace

bool is_http_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return kTokenBytes[static_cast<unsigned char>(c)]; });
}

bool is_http_value(std::string_view text) {
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    if (may_hold_control(word) && std::any_of(text.begin(), text.begin() + 8, is_control)) return false;
  }
  return std::none_of(text.begin(), text.end(), is_control);
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool next_element(std::string_view& list, std::string_view& element) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    element = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (!element.empty()) return true;
  }
  return false;
}

void HttpHeaders::Iterator::read() {
  if (rest_.empty()) {
    field_ = {};
    return;
  }
  const auto end = std::min(rest_.find('\r'), rest_.size());
  const auto line = rest_.substr(0, end);
  const auto colon = std::min(line.find(':'), line.size());
  field_ = {line.substr(0, colon), trimmed(line.substr(std::min(colon + 1, line.size())))};
  rest_.remove_prefix(std::min(end + 2, rest_.size()));
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const {
  for (const auto& field : *this)
    if (equal_without_case(field.name, name)) return field.value;
  return std::nullopt;
}

std::size_t HttpHeaders::count(std::string_view name) const {
  std::size_t found = 0;
  for (const auto& field : *this) found += equal_without_case(field.name, name) ? 1 : 0;
  return found;
}

bool HttpHeaders::has_token(std::string_view name, std::string_view token) const {
  for (const auto& field : *this) {
    if (!equal_without_case(field.name, name)) continue;
    auto list = field.value;
    for (std::string_view element; next_element(list, element);)
      if (equal_without_case(element, token)) return true;
  }
  return false;
}

HttpFields& HttpFields::add(std::string_view name, std::string_view value) {
  const bool framing = std::any_of(kOfTheWriter.begin(), kOfTheWriter.end(),
                                   [&](auto one) { return equal_without_case(one, name); });
  if (framing || !is_http_token(name) || !is_http_value(value)) {
    valid_ = false;
  } else {
    text_.append(name).append(": ").append(value).append("\r\n");
  }
  return *this;
}

}  // namespace hearth::net
