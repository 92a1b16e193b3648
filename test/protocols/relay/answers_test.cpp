// The server's own lines, and their lengths.
#include "protocols/relay/answers.hpp"

#include <boost/json/object.hpp>
#include <catch2/catch.hpp>

#include "hearth/net/json.hpp"
#include "protocols/relay/packet_stream.hpp"

using namespace hearth;
using namespace hearth::relay;

namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// A line of JSON that a client may be sent.
bool is_packet(std::string_view line) {
  if (line.empty() || line.back() != '\n') return false;
  line.remove_suffix(1);
  return line.find('\n') == line.npos && characters(line) < kPacketLimit && net::json::parse(line).ok();
}

}  // namespace

TEST_CASE("answers have the original's keys in the original's order") {
  CHECK(kSuccess == "{\"success\":true}\n");
  CHECK(answer({{"b", 1}, {"a", "é"}}) == "{\"success\":true,\"response\":{\"b\":1,\"a\":\"é\"}}\n");
  CHECK(refusal("no \"such\"\nthing") ==
        "{\"success\":false,\"error_message\":\"no \\\"such\\\"\\nthing\"}\n");
}

TEST_CASE("an answer that is too long for a packet is a refusal") {
  const std::size_t beside = answer("").size() - 1;  // characters
  for (const auto* one : {"x", "é", "😀"}) {
    const auto most = answer(boost::json::value(times(1023 - beside, one)));
    CHECK(characters(most) == 1024);  // with its newline
    CHECK(is_packet(most));
    CHECK(answer(boost::json::value(times(1024 - beside, one))) ==
          refusal("the answer is too long for a packet"));
  }
}

TEST_CASE("a refusal's words are cut such that it is a packet") {
  for (const auto* one : {"x", "é", "😀", "\"", "\n"}) CHECK(is_packet(refusal(times(5000, one))));
  CHECK(refusal(times(399, "x") + "é") == refusal(times(399, "x")));
  CHECK(is_packet(refusal("not \xff UTF-8")));
}

TEST_CASE("a refusal's words may have control characters, and it is a packet still") {
  CHECK(is_packet(refusal(times(400, "\x01"))));
  CHECK(is_packet(refusal(times(400, "\x7f"))));
}

TEST_CASE("a forwarded packet is its sender's name and the payload as it came") {
  CHECK(forward_head("a \"b\"é") + "1.10" + std::string(kForwardTail) ==
        "{\"sender\":\"a \\\"b\\\"é\",\"payload\":1.10}\n");
  CHECK(from_server("{}") == "{\"sender\":\"server\",\"payload\":{}}\n");
}

TEST_CASE("what is forwarded has fewer than 1024 characters with its sender, of whatever width") {
  for (const auto* one : {"x", "é", "😀"}) {
    const auto head = forward_head("Küche");
    const auto room = 1023 - characters(head) - 1 - 2;
    CHECK(fits(head, "\"" + times(room, one) + "\""));
    CHECK_FALSE(fits(head, "\"" + times(room + 1, one) + "\""));
    CHECK(is_packet(head + "\"" + times(room, one) + "\"" + std::string(kForwardTail)));
  }
}
