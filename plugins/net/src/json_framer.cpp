// A state machine over bytes; what it skips inside strings it skips with one look-up a byte.
#include "hearth/net/json_framer.hpp"

#include <algorithm>
#include <utility>

namespace hearth::net {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

JsonFramer::JsonFramer(const Limits& limits) : limits_(limits) {
  limits_.max_depth = std::min(limits_.max_depth, 64u);
}

void JsonFramer::reset() { *this = JsonFramer(limits_); }

JsonFramer::State JsonFramer::feed(std::string_view bytes, std::size_t* used) {
  std::size_t begin =
      place_ == Place::kInside || place_ == Place::kText || place_ == Place::kEscape ? 0 : bytes.size();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool was_before = depth_ == 0;
    auto state = step(bytes[i]);
    if (state == State::kNeedMore && ++seen_ > limits_.max_bytes)
      state = refuse(State::kTooBig, "the request is larger than allowed");
    if (was_before && depth_ != 0) begin = i;
    if (state == State::kNeedMore) continue;
    if (used) *used = i + 1;
    if (state != State::kComplete) return state;
    frame_ = bytes.substr(begin, i + 1 - begin);
    if (!kept_.empty()) frame_ = kept_.append(frame_);
    return state;
  }
  kept_.append(bytes.substr(begin));
  if (used) *used = bytes.size();
  return State::kNeedMore;
}

JsonFramer::State JsonFramer::step(char byte) {
  switch (place_) {
    case Place::kText:
      if (byte == '\\') place_ = Place::kEscape;
      if (byte == '"') place_ = Place::kInside;
      return State::kNeedMore;
    case Place::kEscape: place_ = Place::kText; return State::kNeedMore;
    case Place::kInside: return step_inside(byte);
    default: return step_before(byte);
  }
}

JsonFramer::State JsonFramer::step_before(char byte) {
  const auto refused = [this] { return refuse(State::kMalformed, "that can't begin a JSON object"); };
  if (place_ == Place::kBom1 || place_ == Place::kBom2) {
    if (byte != (place_ == Place::kBom1 ? '\xbb' : '\xbf')) return refused();
    place_ = place_ == Place::kBom1 ? Place::kBom2 : Place::kBefore;
    return State::kNeedMore;
  }
  if (is_space(byte)) return State::kNeedMore;
  started_ = true;
  if (byte == '\xef' && !std::exchange(bom_seen_, true)) {
    place_ = Place::kBom1;
    return State::kNeedMore;
  }
  if (byte == '"' && !std::exchange(quote_seen_, true)) return State::kNeedMore;
  if (byte == '{' || (byte == '[' && limits_.arrays)) {
    place_ = Place::kInside;
    return step_inside(byte);
  }
  return refused();
}

JsonFramer::State JsonFramer::step_inside(char byte) {
  switch (byte) {
    case '"': place_ = Place::kText; return State::kNeedMore;
    case '{':
    case '[': {
      if (depth_ == limits_.max_depth) return refuse(State::kTooDeep, "the request is nested too deeply");
      const auto bit = std::uint64_t{1} << depth_++;
      arrays_ = byte == '[' ? arrays_ | bit : arrays_ & ~bit;
      return State::kNeedMore;
    }
    case '}':
    case ']': {
      const bool array = (arrays_ >> --depth_) & 1;
      if (array != (byte == ']')) return refuse(State::kMalformed, "brackets don't match");
      return depth_ == 0 ? State::kComplete : State::kNeedMore;
    }
    default: return State::kNeedMore;
  }
}

JsonFramer::State JsonFramer::refuse(State state, std::string_view why) {
  reason_ = why;
  kept_ = {};
  return state;
}

}  // namespace hearth::net
