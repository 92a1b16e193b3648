// LineBuffer: puts bytes that come in pieces together to lines of bounded length.
#ifndef HEARTH_CORE_CONTROL_LINE_BUFFER_HPP
#define HEARTH_CORE_CONTROL_LINE_BUFFER_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hearth::core {

class LineBuffer {
 public:
  explicit LineBuffer(std::size_t max_line) : max_line_(max_line) {}

  void append(std::string_view bytes) { bytes_ += bytes; }

  // The next whole line without its end ("\n" or "\r\n"); empty lines are passed over.
  std::optional<std::string> next() {
    for (;;) {
      const auto end = bytes_.find('\n', searched_);
      if (end == std::string::npos) {
        searched_ = bytes_.size();
        bytes_.erase(0, begin_);
        searched_ -= std::exchange(begin_, 0);
        return std::nullopt;
      }
      std::string line = bytes_.substr(begin_, end - begin_);
      begin_ = searched_ = end + 1;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.empty()) return line;
    }
  }

  // Asked after next() gave nothing: is there a beginning of a line, and is it too long already?
  bool partial() const { return begin_ < bytes_.size(); }
  bool too_long() const { return bytes_.size() - begin_ > max_line_; }

 private:
  const std::size_t max_line_;
  std::string bytes_;
  std::size_t begin_ = 0;     // of the line to come
  std::size_t searched_ = 0;  // no end of line before here
};

}  // namespace hearth::core

#endif
