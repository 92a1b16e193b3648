// The table of codes, and what is published of them.
#include "protocols/interlock/status.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace hearth;
using namespace hearth::interlock;

namespace {

struct Row {
  int code;
  const char *name, *class_name;
  StatusClass status;
};

// protocol.md and compatibility.md.
const std::vector<Row> kRows{{1000, "INTERNAL_SETUP", "SETUP", StatusClass::kSetup},
                             {1100, "SERVICE_SETUP", "SETUP", StatusClass::kSetup},
                             {1110, "WEBSERVER_SETUP", "SETUP", StatusClass::kSetup},
                             {1200, "RUNNING_TESTS", "SETUP", StatusClass::kSetup},
                             {1210, "RUNNING_INET_TESTS", "SETUP", StatusClass::kSetup},
                             {1211, "RUNNING_INET_TEST", "SETUP", StatusClass::kSetup},
                             {1212, "RUNNING_SERVER_TEST", "SETUP", StatusClass::kSetup},
                             {1300, "AUTHORIZING", "SETUP", StatusClass::kSetup},
                             {1310, "NEEDS_USER_AUTH", "SETUP", StatusClass::kSetup},
                             {1400, "ESTABLISHING_WS", "SETUP", StatusClass::kSetup},
                             {2000, "OK", "SUCCESS", StatusClass::kSuccess},
                             {2200, "TESTS_SUCCESS", "SUCCESS", StatusClass::kSuccess},
                             {2210, "INET_TEST_SUCCESS", "SUCCESS", StatusClass::kSuccess},
                             {2300, "AUTHORIZED", "SUCCESS", StatusClass::kSuccess},
                             {3300, "REAUTHENTICATING", "WARNING", StatusClass::kWarning},
                             {3310, "INVALID_TOKEN_REAUTH", "WARNING", StatusClass::kWarning},
                             {4100, "SERVICE_ERROR", "ERROR", StatusClass::kError},
                             {4110, "WEBSERVER_SETUP_ERROR", "ERROR", StatusClass::kError},
                             {4200, "TEST_ERROR", "ERROR", StatusClass::kError},
                             {4210, "INET_TEST_ERROR", "ERROR", StatusClass::kError},
                             {4211, "NO_INTERNET", "ERROR", StatusClass::kError},
                             {4212, "NO_SERVER", "ERROR", StatusClass::kError},
                             {4300, "AUTH_FAILED", "ERROR", StatusClass::kError},
                             {4310, "GET_TOKEN_REQ_FAILED", "ERROR", StatusClass::kError},
                             {4400, "WS_CONNECTION_FAILED", "ERROR", StatusClass::kError}};

}  // namespace

TEST_CASE("each code has the specification's name and class") {
  for (const auto& row : kRows) {
    const auto code = static_cast<Code>(row.code);
    CHECK(name(code) == row.name);
    CHECK(class_of(code) == row.status);
    CHECK(class_name(code) == row.class_name);
    CHECK(number(code) == row.code);
  }
}

TEST_CASE("a code is published once, with its time, until another one holds") {
  std::vector<StatusChanged> published;
  Microseconds now{7};
  Board board([&](const StatusChanged& status) { published.push_back(status); }, [&] { return now; });
  board.say(Code::kInternalSetup);
  REQUIRE(published.size() == 1);  // though it is what an unused board shows
  CHECK(published[0].subject == "interlock");
  CHECK(published[0].status == StatusClass::kSetup);
  CHECK(published[0].code == 1000);
  CHECK(published[0].words == "INTERNAL_SETUP");
  now = Microseconds(9);
  board.say(Code::kInternalSetup);
  CHECK(published.size() == 1);
  CHECK(board.since() == Microseconds(7));
  board.say(Code::kOk);
  CHECK(published.back().status == StatusClass::kSuccess);
  CHECK(board.code() == Code::kOk);
  CHECK(board.since() == Microseconds(9));
}

TEST_CASE("times are told in UTC, with milliseconds") {
  CHECK(iso_utc(Microseconds(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(iso_utc(Microseconds(951'782'399'999'999)) == "2000-02-28T23:59:59.999Z");
  CHECK(iso_utc(Microseconds(1'709'210'096'007'000)) == "2024-02-29T12:34:56.007Z");
}
