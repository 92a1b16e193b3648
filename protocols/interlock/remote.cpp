// What both transports have in common.
#include "remote.hpp"

#include "hearth/net/json.hpp"

namespace hearth::interlock {

namespace {

constexpr std::size_t kMostBody = 64 * 1024;  // of a refusal

}  // namespace

net::HttpClientOptions ServerAddress::http() const {
  auto options = net::HttpClientOptions::to(url);
  if (connector) options.connector = connector;
  options.limits.max_body = kMostBody;
  options.connect.limits.max_output = kMostOutput;
  options.connect.timeout = std::chrono::seconds(10);
  options.keep_alive = false;
  return options;
}

bool refuses_token(const net::HttpAnswer& answer) {
  if (answer.status != 401) return false;
  const auto body = net::json::parse(answer.body);
  const auto* object = body.ok() ? body->if_object() : nullptr;
  const auto* msg = object ? object->if_contains("msg") : nullptr;
  return msg && msg->is_string() && std::string_view(msg->get_string()) == kInvalidToken;
}

}  // namespace hearth::interlock
