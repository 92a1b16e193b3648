// Keys in the original's order.
#include "answers.hpp"

#include "common/words.hpp"
#include "hearth/net/json.hpp"
#include "packet_stream.hpp"

namespace hearth::relay {

namespace {

constexpr std::size_t kMostWords = 400;  // bytes

}  // namespace

std::string answer(const boost::json::value& response) {
  std::string line = R"({"success":true,"response":)";
  net::json::append(line, response);
  line += '}';
  if (has_characters(line, kPacketLimit)) return refusal("the answer is too long for a packet");
  return line += '\n';
}

std::string refusal(std::string_view words) {
  std::string line;
  // Escapes may make them six times as long.
  for (auto most = kMostWords; line.empty() || has_characters(line, kPacketLimit); most /= 2) {
    line = R"({"success":false,"error_message":)";
    net::json::append_text(line, protocols::cut(words, most));
    line += '}';
  }
  return line += '\n';
}

std::string forward_head(std::string_view sender) {
  std::string head = R"({"sender":)";
  net::json::append_text(head, sender);
  return head += R"(,"payload":)";
}

std::string from_server(std::string_view payload) {
  return forward_head("server").append(payload).append(kForwardTail);
}

bool fits(std::string_view head, std::string_view payload) {
  const auto bytes = head.size() + payload.size() + 1;
  return bytes < kPacketLimit || characters(head) + characters(payload) + 1 < kPacketLimit;
}

}  // namespace hearth::relay
