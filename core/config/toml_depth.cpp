// A scan over TOML that knows strings, comments, brackets and dots, and nothing else.
#include "core/config/toml_depth.hpp"

#include <algorithm>

namespace hearth::config {
namespace {

class DepthScan {
 public:
  explicit DepthScan(std::string_view text) : text_(text) {}

  std::optional<int> run() {
    while (at_ < text_.size()) {
      step(text_[at_]);
      if (brackets_ > kMaxDepth || dots_ >= kMaxDepth) return line_;
    }
    return std::nullopt;
  }

 private:
  void step(char c) {
    switch (c) {
      case '"':
      case '\'': skip_string(c); return;
      case '#': at_ = std::min(text_.size(), text_.find('\n', at_)); return;
      case '[':
      case '{': ++brackets_; break;
      case ']':
      case '}': --brackets_; break;
      case '\n': ++line_; break;
      case '.': ++dots_; break;
      default: break;
    }
    // What ends a key; two keys are never parted by less.
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots_ = 0;
    ++at_;
  }

  bool starts(std::string_view part) const { return text_.substr(at_).starts_with(part); }

  void skip_string(char quote) {
    const std::string_view triple = quote == '"' ? R"(""")" : "'''";
    const bool multi_line = starts(triple);
    at_ += multi_line ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        // A string of one line ends here at the latest: the parser will refuse it.
        if (!multi_line) return;
        ++line_;
      } else if (c == '\\' && quote == '"' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
        ++at_;
      } else if (c == quote && !multi_line) {
        ++at_;
        return;
      } else if (multi_line && starts(triple)) {
        at_ += 3;
        // Up to two quotes may stand before the closing three.
        for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;
        return;
      }
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int brackets_ = 0;
  int dots_ = 0;
};

}  // namespace

std::optional<int> too_deep_line(std::string_view toml) { return DepthScan(toml).run(); }

}  // namespace hearth::config
