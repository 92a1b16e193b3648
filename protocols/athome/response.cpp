// The standard part of every answer, and its fields.
#include "response.hpp"

#include "hearth/log.hpp"

namespace hearth::athome {

namespace {

constexpr std::string_view kServerVersion = "2023.1.1";  // the version whose behaviour this is

}  // namespace

Responses::Responses(std::string_view host_name, std::function<std::int64_t()> wall_us)
    : wall_us_(std::move(wall_us)) {
  net::json::append_text(server_, concat(host_name, "/AtHomePowerlineServer"), kWireStyle);
}

Response Responses::begin(std::string_view request, int result_code, std::string_view key,
                          std::string_view json) {
  bytes_ = "{\"request\": ";
  net::json::append_text(bytes_, request, kWireStyle);
  Response response(*this);
  response.key("date-time").append("\"").append(time_.text(wall_us_())).append("\"");
  response.raw("server", server_);
  response.key("server-version").append("\"").append(kServerVersion).append("\"");
  if (!key.empty()) response.raw(key, json);
  response.field("result-code", std::int64_t{result_code});
  return response;
}

std::string& Response::key(std::string_view name) {
  return of_.bytes_.append(", \"").append(name).append("\": ");
}

Response& Response::field(std::string_view name, std::int64_t number) {
  net::json::append_number(key(name), number);
  return *this;
}

Response& Response::field(std::string_view name, std::string_view text) {
  net::json::append_text(key(name), text, kWireStyle);
  return *this;
}

Response& Response::field(std::string_view name, const boost::json::value& value) {
  net::json::append(key(name), value, kWireStyle);
  return *this;
}

Response& Response::raw(std::string_view name, std::string_view json) {
  key(name).append(json);
  return *this;
}

std::string_view Response::finish(std::string_view message) {
  field("message", message);
  field("call-sequence", static_cast<std::int64_t>(++of_.sequence_));
  return of_.bytes_.append("}");
}

}  // namespace hearth::athome
