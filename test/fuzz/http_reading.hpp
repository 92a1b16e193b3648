// read(): everything that HttpParser finds in a stream, copied.
#ifndef HEARTH_TEST_FUZZ_HTTP_READING_HPP
#define HEARTH_TEST_FUZZ_HTTP_READING_HPP

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/net/http_parser.hpp"

namespace hearth::fuzz {

// A head, and the body that followed it.
struct Message {
  std::string method, target, reason, lines, body;
  int status = 0, minor = 1;
  bool keep_alive = false, expects_continue = false;
  net::HttpHead::Body form = net::HttpHead::Body::kNone;
  std::uint64_t length = 0;

  bool operator==(const Message&) const = default;
};

struct Found {
  std::vector<Message> messages;
  net::HttpParser::Event end = net::HttpParser::Event::kNeedMore;  // of finish()
  bool begun = false;
  int fault = 0;
  std::string words;

  bool operator==(const Found&) const = default;
};

struct Options {
  net::HttpParser::Role role;
  net::HttpLimits limits;
  bool no_body;  // of the first message
};

// Ends the stream after its last piece; `next_cut()` says how long the next one is, 1 at least. What must
// hold of each step is required on the way.
Found read(const Options& options, std::string_view stream, const std::function<std::size_t()>& next_cut);

}  // namespace hearth::fuzz

#endif
