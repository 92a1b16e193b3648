// The question for the token, and what its answers mean.
#include "protocols/interlock/linking.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using namespace hearth::interlock;
using How = Linked::How;

namespace {

Linked answered(int status, std::string body) {
  net::HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return read_link(answer);
}

}  // namespace

TEST_CASE("the question names the machine, percent-encoded") {
  const MachineData machine{"Debian GNU/Linux", "12", "tür&co", "0.1+2"};
  CHECK(link_target({"id/1", "s?e=t"}, machine) ==
        "/interlock/api/local_servers/id%2F1?os=Debian%20GNU%2FLinux&machine_name=t%C3%BCr%26co&os_version=12"
        "&hub_version=0.1%2B2&secret=s%3Fe%3Dt");
}

TEST_CASE("a token, none yet, and a refusal are told apart") {
  const auto token = answered(200, R"({"user_token":"t","more":1})");
  CHECK(token.how == How::kToken);
  CHECK(token.text == "t");
  CHECK(answered(200, R"({"user_token":null})").how == How::kWaiting);
  for (const int status : {401, 403}) {
    const auto denied = answered(status, R"({"msg":"wrong secret"})");
    CHECK(denied.how == How::kDenied);
    CHECK(denied.text == "wrong secret");
  }
  CHECK(answered(401, "<html>").text == "it answered 401");
  CHECK(answered(403, R"({"msg":5})").text == "it answered 403");
}

TEST_CASE("everything else is a failure, in words") {
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"", "its answer is no JSON: "},
      {"<html>", "its answer is no JSON: "},
      {"[]", "its answer has no user_token"},
      {"null", "its answer has no user_token"},
      {"{}", "its answer has no user_token"},
      {R"({"user_token":""})", "its user_token is no token"},
      {R"({"user_token":5})", "its user_token is no token"},
      {R"({"user_token":{}})", "its user_token is no token"},
      {R"({"user_token":")" + std::string(4097, 't') + "\"}", "its user_token is no token"}};
  for (const auto& [body, words] : bodies) {
    INFO(body.substr(0, 40));
    const auto linked = answered(200, body);
    CHECK(linked.how == How::kFailed);
    CHECK(linked.text.starts_with(words));
  }
  for (const int status : {201, 204, 301, 302, 400, 404, 500, 503})
    CHECK(answered(status, R"({"user_token":"t"})").how == How::kFailed);
  CHECK(answered(500, R"({"msg":"we are ill"})").text == "we are ill");
}

TEST_CASE("the machine knows what it is") {
  const auto machine = MachineData::here("9.9");
  CHECK_FALSE(machine.os.empty());
  CHECK_FALSE(machine.machine_name.empty());
  CHECK(machine.hub_version == "9.9");
}
