// Answers, byte for byte.
#include "protocols/athome/response.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

using hearth::athome::Responses;

TEST_CASE("an answer is exactly what clients have always got") {
  ::setenv("TZ", "UTC0", 1);
  Responses responses("PerryM2", [] { return std::int64_t{1'704'067'200'093'000}; });
  auto first = responses.begin("On", 0);
  CHECK(
      first.finish("Success") ==
      R"({"request": "On", "date-time": "2024-01-01 00:00:00.093000", "server": "PerryM2/AtHomePowerlineServer", )"
      R"("server-version": "2023.1.1", "result-code": 0, "message": "Success", "call-sequence": 1})");
  auto second = responses.begin("QueryDevices", 0);
  second.raw("devices", "[]").field("id", std::int64_t{5}).field("error", std::string_view("x"));
  CHECK(
      second.finish("m") ==
      R"({"request": "QueryDevices", "date-time": "2024-01-01 00:00:00.093000", "server": "PerryM2/AtHomePowerlineServer", )"
      R"("server-version": "2023.1.1", "result-code": 0, "devices": [], "id": 5, "error": "x", "message": "m", "call-sequence": 2})");
}

TEST_CASE("an echo keeps the client's type, and nothing but ASCII without braces in strings goes out") {
  Responses responses("h", [] { return std::int64_t{0}; });
  auto response = responses.begin("Gr\u00fc{n", 0);
  response.field("device-id", boost::json::value("2")).field("group-id", boost::json::value(2));
  const std::string bytes(response.finish("}"));
  CHECK(bytes.find(R"("request": "Gr\u00fc\u007bn")") != std::string::npos);
  CHECK(bytes.find(R"("device-id": "2", "group-id": 2, "message": "\u007d")") != std::string::npos);
}
