// Building of key paths, and the search for a mistyped key.
#include "core/config/key_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/log/one_line.hpp"

namespace hearth::config {
namespace {

constexpr std::size_t kLongestKey = 64;  // longer ones are not compared
constexpr std::size_t kMaxDistance = 2;

bool is_bare(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// Insertions, deletions, replacements and swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

bool is_prefix(std::string_view a, std::string_view b) {
  return std::min(a.size(), b.size()) >= 3 && (a.starts_with(b) || b.starts_with(a));
}

}  // namespace

std::string child_path(std::string_view parent, std::string_view key) {
  std::string path(parent);
  if (!path.empty()) path += '.';
  return path += is_bare(key) ? std::string(key) : fmt::format("\"{}\"", core::one_line(key, 80));
}

std::string item_path(std::string_view parent, std::size_t index) {
  return fmt::format("{}[{}]", parent, index);
}

std::string parent_path(std::string_view path) {
  if (path.ends_with('"')) {
    const std::size_t open = path.rfind(".\"");
    return std::string(path.substr(0, open == std::string_view::npos ? 0 : open));
  }
  const std::size_t end = path.find_last_of(".[");
  return std::string(path.substr(0, end == std::string_view::npos ? 0 : end));
}

std::optional<std::string> nearest_key(std::string_view unknown, const std::vector<std::string>& known) {
  if (unknown.size() > kLongestKey) return std::nullopt;
  std::optional<std::string> nearest;
  std::size_t nearest_distance = kMaxDistance + 1;
  for (const std::string& key : known) {
    if (key.size() > kLongestKey) continue;
    std::size_t far = distance(unknown, key);
    // Two letters of a key of three are not a typing error.
    if (far >= std::max(unknown.size(), key.size())) continue;
    if (far > kMaxDistance && is_prefix(unknown, key)) far = kMaxDistance;
    if (far < nearest_distance) {
      nearest_distance = far;
      nearest = key;
    }
  }
  return nearest;
}

}  // namespace hearth::config
