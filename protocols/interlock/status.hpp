// Board: which of Interlock's status codes holds, and since when.
#ifndef HEARTH_INTERLOCK_STATUS_HPP
#define HEARTH_INTERLOCK_STATUS_HPP

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "hearth/loop.hpp"
#include "hearth/messages.hpp"

namespace hearth::interlock {

// The codes of the protocol's document and those that the original added, as specs/interlock has them: four
// digits, the class first.
enum class Code : std::int32_t {
  kInternalSetup = 1000,
  kServiceSetup = 1100,
  kWebserverSetup = 1110,
  kRunningTests = 1200,
  kRunningInetTests = 1210,
  kRunningInetTest = 1211,
  kRunningServerTest = 1212,
  kAuthorizing = 1300,
  kNeedsUserAuth = 1310,
  kEstablishingWs = 1400,
  kOk = 2000,
  kTestsSuccess = 2200,
  kInetTestSuccess = 2210,
  kAuthorized = 2300,
  kReauthenticating = 3300,
  kInvalidTokenReauth = 3310,
  kServiceError = 4100,
  kWebserverSetupError = 4110,
  kTestError = 4200,
  kInetTestError = 4210,
  kNoInternet = 4211,
  kNoServer = 4212,
  kAuthFailed = 4300,
  kGetTokenReqFailed = 4310,
  kWsConnectionFailed = 4400
};

constexpr std::int32_t number(Code code) { return static_cast<std::int32_t>(code); }
std::string_view name(Code code);        // "RUNNING_TESTS"
StatusClass class_of(Code code);         // by its first digit
std::string_view class_name(Code code);  // "SETUP", "SUCCESS", "WARNING", "ERROR"

// "2026-11-21T08:30:00.250Z", for clocks between the years 1970 and 9999.
std::string iso_utc(Microseconds wall);

// What the status page, the GET request and, as StatusChanged, the rest of the house are told. [loop]
class Board {
 public:
  using Publish = std::function<void(const StatusChanged&)>;
  using Clock = std::function<Microseconds()>;  // wall

  Board(Publish publish, Clock clock) : publish_(std::move(publish)), clock_(std::move(clock)) {}

  // It holds from now on. The one that holds already isn't published again and keeps its time.
  void say(Code code);

  // kInternalSetup before anything was said.
  Code code() const { return code_; }
  Microseconds since() const { return since_; }

 private:
  const Publish publish_;
  const Clock clock_;
  bool said_ = false;
  Code code_ = Code::kInternalSetup;
  Microseconds since_{0};
};

}  // namespace hearth::interlock

#endif
