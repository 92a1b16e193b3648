// Weighs a regular expression by walking over it once.
#include "core/config/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace hearth::config {
namespace {

constexpr std::size_t kMaxLength = 256;
constexpr std::size_t kMaxGroups = 16;  // nested
constexpr std::size_t kMaxWeight = 512;

class Weighing {
 public:
  explicit Weighing(std::string_view pattern) : pattern_(pattern) {}

  // Nothing when the pattern can't be measured or is too heavy.
  std::optional<std::size_t> run() {
    while (at_ < pattern_.size()) {
      if (!step() || groups_.size() > kMaxGroups + 1 || groups_.front() > kMaxWeight) return std::nullopt;
    }
    if (groups_.size() != 1 || groups_.front() + last_ > kMaxWeight) return std::nullopt;
    return groups_.front() + last_;
  }

 private:
  bool step() {
    const char c = pattern_[at_++];
    switch (c) {
      case '\\': ++at_; return atom(1);
      case '[': return skip_class() && atom(1);
      case '(': return open();
      case ')': return close();
      case '*':
      case '+':
      case '?': ++last_; return true;
      case '{': return repeat();
      default: return atom(1);
    }
  }

  // The atom before is complete; this one may yet be repeated.
  bool atom(std::size_t weight) {
    groups_.back() += last_;
    last_ = weight;
    return groups_.back() + last_ <= kMaxWeight;
  }

  bool open() {
    if (pattern_.substr(at_).starts_with("?:")) {
      at_ += 2;
    } else if (at_ < pattern_.size() && pattern_[at_] == '?') {
      return false;
    }
    if (!atom(0)) return false;
    groups_.push_back(0);
    return true;
  }

  bool close() {
    if (groups_.size() < 2) return false;
    const std::size_t weight = groups_.back() + last_ + 2;
    groups_.pop_back();
    last_ = weight;
    return last_ <= kMaxWeight;
  }

  bool skip_class() {
    if (at_ < pattern_.size() && pattern_[at_] == '^') ++at_;
    for (const std::size_t begin = at_; at_ < pattern_.size(); ++at_) {
      if (pattern_[at_] == '\\') {
        ++at_;
      } else if (pattern_[at_] == '[') {
        return false;
      } else if (pattern_[at_] == ']') {
        return at_++ > begin;
      }
    }
    return false;
  }

  // {n}, {n,} or {n,m}: the atom is built as often as the larger number says.
  bool repeat() {
    std::size_t count = 0;
    std::size_t number = 0;
    for (; at_ < pattern_.size() && pattern_[at_] != '}'; ++at_) {
      const char c = pattern_[at_];
      if (c == ',') {
        number = 0;
        ++count;
      } else if (c >= '0' && c <= '9') {
        number = number * 10 + static_cast<std::size_t>(c - '0');
        count = std::max(count, number);
      } else {
        return false;
      }
      if (count > kMaxWeight) return false;
    }
    if (at_++ >= pattern_.size()) return false;
    last_ *= std::max<std::size_t>(count, 1);
    return groups_.back() + last_ <= kMaxWeight;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::vector<std::size_t> groups_{0};  // what each open group weighs so far
  std::size_t last_ = 0;                // the atom that a quantifier would repeat
};

}  // namespace

Result<std::size_t> pattern_weight(std::string_view pattern) {
  if (pattern.size() > kMaxLength) {
    return {ErrorCode::kInvalid, fmt::format("a pattern has more than {} bytes", kMaxLength)};
  }
  if (const auto weight = Weighing(pattern).run()) return *weight;
  return {ErrorCode::kInvalid, fmt::format("the pattern {} is malformed or too complex", pattern)};
}

Result<std::regex> compile_pattern(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
  } catch (const std::regex_error&) {
    return {ErrorCode::kInvalid, fmt::format("the pattern {} can't be compiled", pattern)};
  }
}

}  // namespace hearth::config
