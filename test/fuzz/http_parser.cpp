// Fuzzed: HttpParser in its three roles, whose result must not depend on how the bytes are cut, and what is
// read of its heads: fields, targets, URLs.
// Input: a byte of options, a byte that seeds the cuts, the stream.
#include "hearth/net/http_parser.hpp"

#include <string>

#include "hearth/log.hpp"
#include "test/fuzz/however_cut.hpp"
#include "test/fuzz/http_reading.hpp"
#include "test/fuzz/http_rules.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

using net::HttpParser;
using Event = HttpParser::Event;

Options options_of(unsigned byte) {
  using enum HttpParser::Role;
  constexpr HttpParser::Role kRoles[] = {kRequests, kResponses, kLenientResponses, kRequests};
  Options options{kRoles[byte & 3], {}, (byte & 16) != 0};
  if (byte & 4) options.limits = {.max_line = 40, .max_header_bytes = 80, .max_headers = 3};
  if (byte & 8) options.limits.max_body = 24;
  return options;
}

std::string text_of(const Message& message, bool request) {
  const auto version = concat("HTTP/1.", message.minor);
  const auto line = request ? concat(message.method, " ", message.target, " ", version)
                            : concat(version, " ", message.status, " ", message.reason);
  return concat(line, "\r\n", message.lines, "\r\n");
}

// What was read of a head says everything about it: written again, it reads the same.
void write_again(const Message& message, Options options) {
  options.limits.max_line += 8;  // a lenient reader lets shorter forms pass
  options.limits.max_header_bytes *= 2;
  const bool request = options.role == HttpParser::Role::kRequests;
  const auto text = text_of(message, request);
  const auto again = read(options, text, [&] { return text.size(); });
  require(again.messages.size() == 1, "a head that was read can be read again", text);
  auto expected = message;
  expected.body.clear();
  require(again.messages[0] == expected, "a head written again reads the same", text);
}

void fuzz(unsigned byte, unsigned seed, std::string_view stream) {
  const auto options = options_of(byte);
  const auto found = however_cut(stream, seed, [&](auto cut) { return read(options, stream, cut); });
  require((found.end == Event::kRefused) == !found.words.empty(), "a refusal, and nothing else, has words");
  require(found.words.empty() == (found.fault == 0), "a refusal, and nothing else, has a status");
  for (std::size_t i = 0; i < found.messages.size(); ++i) {
    auto alone = options;
    alone.no_body = options.no_body && i == 0;
    write_again(found.messages[i], alone);
  }
  if (options.role == HttpParser::Role::kResponses && found.end != Event::kRefused) {
    auto lenient = options;
    lenient.role = HttpParser::Role::kLenientResponses;
    require(read(lenient, stream, [&] { return stream.size(); }) == found,
            "leniency reads nothing differently");
  }
  require_url(stream);
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  hearth::fuzz::fuzz(data[0], data[1], {reinterpret_cast<const char*>(data + 2), size - 2});
  return 0;
}
