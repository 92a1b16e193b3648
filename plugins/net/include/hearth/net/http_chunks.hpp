// HttpChunks: the body of a message in chunked transfer coding.
#ifndef HEARTH_NET_HTTP_CHUNKS_HPP
#define HEARTH_NET_HTTP_CHUNKS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::net {

// RFC 9112, section 7.1. Extensions and trailers are checked, counted and forgotten. [any, one at a time]
class HttpChunks {
 public:
  enum class Event : std::uint8_t { kNeedMore, kData, kEnd, kMalformed, kTooBig };
  struct Limits {
    std::uint64_t max_body = 0;
    std::size_t max_extras = 0;    // bytes of all extensions together, and of all trailers
    std::size_t max_trailers = 0;  // their number
    bool lenient = false;          // bare LF, spaces after a size
  };

  // `used` as with HttpParser::next; `piece` is set with kData.
  Event next(const Limits& limits, std::string_view bytes, std::size_t& used, std::string_view& piece);
  // After kMalformed or kTooBig.
  std::string_view reason() const { return reason_; }

 private:
  enum class Place : std::uint8_t { kSize, kSpace, kExtension, kSizeEnd, kData, kDataCr, kDataLf, kTrailers };

  Event step(const Limits& limits, char byte);
  Event size_digit(const Limits& limits, char byte);
  Event size_known(const Limits& limits);
  Event trailer_byte(const Limits& limits, char byte);
  Event trailer_line(const Limits& limits);
  Event refuse(Event event, std::string_view why);

  Place place_ = Place::kSize;
  std::uint8_t digits_ = 0;
  std::uint64_t left_ = 0;  // of this chunk
  std::uint64_t total_ = 0;
  std::size_t extras_ = 0, trailer_bytes_ = 0, trailers_ = 0;
  std::string line_;  // of the trailers
  std::string_view reason_;
};

}  // namespace hearth::net

#endif
