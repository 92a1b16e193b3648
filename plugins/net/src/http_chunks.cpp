// A state machine over the bytes around the chunks; the chunks themselves are passed on as they come.
#include "hearth/net/http_chunks.hpp"

#include <algorithm>

#include "http_line.hpp"

namespace hearth::net {

namespace {

constexpr unsigned kMaxDigits = 16;  // of a size, zeros in front included

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

}  // namespace

HttpChunks::Event HttpChunks::next(const Limits& limits, std::string_view bytes, std::size_t& used,
                                   std::string_view& piece) {
  for (used = 0; used < bytes.size();) {
    if (place_ == Place::kData) {
      piece =
          bytes.substr(used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used)));
      used += piece.size();
      left_ -= piece.size();
      if (left_ == 0) place_ = Place::kDataCr;
      return Event::kData;
    }
    const auto event = step(limits, bytes[used++]);
    if (event != Event::kNeedMore) return event;
  }
  return Event::kNeedMore;
}

HttpChunks::Event HttpChunks::step(const Limits& limits, char byte) {
  const bool bare_lf = byte == '\n' && limits.lenient;
  switch (place_) {
    case Place::kSize: return size_digit(limits, byte);
    case Place::kSpace:
    case Place::kExtension:
      if (byte == '\r') {
        // White space is part of an extension's syntax, not something that may hang about by itself.
        if (place_ == Place::kSpace && !limits.lenient) break;
        place_ = Place::kSizeEnd;
        return Event::kNeedMore;
      }
      if (bare_lf) return size_known(limits);
      if (++extras_ > limits.max_extras)
        return refuse(Event::kTooBig, "chunk extensions are larger than allowed");
      if (byte == ';') place_ = Place::kExtension;
      if (place_ == Place::kSpace ? byte != ' ' && byte != '\t' : !is_http_value({&byte, 1})) break;
      return Event::kNeedMore;
    case Place::kSizeEnd:
      if (byte != '\n') break;
      return size_known(limits);
    case Place::kDataCr:
      if (byte != '\r' && !bare_lf) break;
      place_ = bare_lf ? Place::kSize : Place::kDataLf;
      return Event::kNeedMore;
    case Place::kDataLf:
      if (byte != '\n') break;
      place_ = Place::kSize;
      return Event::kNeedMore;
    case Place::kTrailers: return trailer_byte(limits, byte);
    case Place::kData: break;  // not byte by byte
  }
  return refuse(Event::kMalformed, "a chunk is malformed");
}

HttpChunks::Event HttpChunks::size_digit(const Limits& limits, char byte) {
  if (const int digit = hex_digit(byte); digit >= 0) {
    if (++digits_ > kMaxDigits) return refuse(Event::kMalformed, "a chunk's size has too many digits");
    left_ = left_ << 4 | static_cast<unsigned>(digit);
    return Event::kNeedMore;
  }
  if (digits_ == 0) return refuse(Event::kMalformed, "a chunk without a size");
  if (byte == '\n' && limits.lenient) return size_known(limits);
  switch (byte) {
    case '\r': place_ = Place::kSizeEnd; return Event::kNeedMore;
    case ';': place_ = Place::kExtension; return Event::kNeedMore;
    case ' ':
    case '\t': place_ = Place::kSpace; return Event::kNeedMore;
    default: return refuse(Event::kMalformed, "a chunk's size is malformed");
  }
}

HttpChunks::Event HttpChunks::size_known(const Limits& limits) {
  digits_ = 0;
  place_ = left_ == 0 ? Place::kTrailers : Place::kData;
  if (left_ > limits.max_body - total_) return refuse(Event::kTooBig, "the body is larger than allowed");
  total_ += left_;
  return Event::kNeedMore;
}

HttpChunks::Event HttpChunks::trailer_byte(const Limits& limits, char byte) {
  if (++trailer_bytes_ > limits.max_extras)
    return refuse(Event::kTooBig, "the trailers are larger than allowed");
  if (byte == '\n') return trailer_line(limits);
  line_ += byte;
  return Event::kNeedMore;
}

HttpChunks::Event HttpChunks::trailer_line(const Limits& limits) {
  const bool has_cr = line_.ends_with('\r');
  if (!has_cr && !limits.lenient) return refuse(Event::kMalformed, "a bare LF in the trailers");
  if (has_cr) line_.pop_back();
  if (line_.empty()) {
    line_ = {};
    return Event::kEnd;
  }
  HttpField field;
  if (const auto why = split_header_line(line_, field); !why.empty() && !limits.lenient)
    return refuse(Event::kMalformed, why);
  if (++trailers_ > limits.max_trailers) return refuse(Event::kTooBig, "more trailers than allowed");
  line_.clear();
  return Event::kNeedMore;
}

HttpChunks::Event HttpChunks::refuse(Event event, std::string_view why) {
  reason_ = why;
  return event;
}

}  // namespace hearth::net
