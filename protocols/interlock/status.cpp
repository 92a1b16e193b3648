// The table of codes.
#include "status.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace hearth::interlock {

namespace {

struct Row {
  Code code;
  std::string_view name;
};

constexpr std::array kTable{Row{Code::kInternalSetup, "INTERNAL_SETUP"},
                            Row{Code::kServiceSetup, "SERVICE_SETUP"},
                            Row{Code::kWebserverSetup, "WEBSERVER_SETUP"},
                            Row{Code::kRunningTests, "RUNNING_TESTS"},
                            Row{Code::kRunningInetTests, "RUNNING_INET_TESTS"},
                            Row{Code::kRunningInetTest, "RUNNING_INET_TEST"},
                            Row{Code::kRunningServerTest, "RUNNING_SERVER_TEST"},
                            Row{Code::kAuthorizing, "AUTHORIZING"},
                            Row{Code::kNeedsUserAuth, "NEEDS_USER_AUTH"},
                            Row{Code::kEstablishingWs, "ESTABLISHING_WS"},
                            Row{Code::kOk, "OK"},
                            Row{Code::kTestsSuccess, "TESTS_SUCCESS"},
                            Row{Code::kInetTestSuccess, "INET_TEST_SUCCESS"},
                            Row{Code::kAuthorized, "AUTHORIZED"},
                            Row{Code::kReauthenticating, "REAUTHENTICATING"},
                            Row{Code::kInvalidTokenReauth, "INVALID_TOKEN_REAUTH"},
                            Row{Code::kServiceError, "SERVICE_ERROR"},
                            Row{Code::kWebserverSetupError, "WEBSERVER_SETUP_ERROR"},
                            Row{Code::kTestError, "TEST_ERROR"},
                            Row{Code::kInetTestError, "INET_TEST_ERROR"},
                            Row{Code::kNoInternet, "NO_INTERNET"},
                            Row{Code::kNoServer, "NO_SERVER"},
                            Row{Code::kAuthFailed, "AUTH_FAILED"},
                            Row{Code::kGetTokenReqFailed, "GET_TOKEN_REQ_FAILED"},
                            Row{Code::kWsConnectionFailed, "WS_CONNECTION_FAILED"}};

}  // namespace

std::string_view name(Code code) {
  const auto* row = std::ranges::find(kTable, code, &Row::code);
  return row == kTable.end() ? std::string_view() : row->name;
}

StatusClass class_of(Code code) {
  switch (number(code) / 1000) {
    case 1: return StatusClass::kSetup;
    case 2: return StatusClass::kSuccess;
    case 3: return StatusClass::kWarning;
    default: return StatusClass::kError;
  }
}

std::string_view class_name(Code code) {
  switch (class_of(code)) {
    case StatusClass::kSetup: return "SETUP";
    case StatusClass::kSuccess: return "SUCCESS";
    case StatusClass::kWarning: return "WARNING";
    default: return "ERROR";
  }
}

std::string iso_utc(Microseconds wall) {
  using namespace std::chrono;
  const auto time = sys_time<milliseconds>(floor<milliseconds>(wall));
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

void Board::say(Code code) {
  if (said_ && code == code_) return;
  said_ = true;
  code_ = code;
  since_ = clock_();
  publish_({"interlock", class_of(code), number(code), std::string(name(code))});
}

}  // namespace hearth::interlock
