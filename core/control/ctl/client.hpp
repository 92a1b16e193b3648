// Client: a plain blocking conversation with the control server.
#ifndef HEARTH_CORE_CONTROL_CTL_CLIENT_HPP
#define HEARTH_CORE_CONTROL_CTL_CLIENT_HPP

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/control/line_buffer.hpp"
#include "core/system/unique_fd.hpp"
#include "hearth/status.hpp"

namespace hearth::core::ctl {

// What went wrong, and whose fault that is.
struct Failure {
  enum class Kind {
    kRefused,       // the server or a device said no
    kNoConnection,  // there is no server, or it doesn't speak
  };
  Kind kind = Kind::kNoConnection;
  std::string words;
};

struct Notification {
  std::string method;
  Poco::JSON::Object::Ptr params;  // never null
};

class Client {
 public:
  static constexpr std::size_t kMaxLine = 16 * 1024 * 1024;  // bytes that the server may send in one
  static constexpr std::chrono::seconds kDeadline{30};       // of one call

  using Notified = std::function<void(const Notification&)>;

  // Before anything else.
  Status connect(const std::filesystem::path& socket);

  // The result, or why() tells. What arrives meanwhile goes to `notified`, or is kept for next().
  // `descriptors` are handed over with the call.
  bool call(const std::string& method, const Poco::JSON::Object::Ptr& params, Poco::Dynamic::Var& result,
            const Notified& notified = {}, std::chrono::seconds deadline = kDeadline,
            const std::vector<UniqueFd>& descriptors = {});

  // Waits for a notification as long as it takes; false when the connection has ended.
  bool next(Notification& notification);

  const Failure& why() const { return failure_; }

 private:
  using Clock = std::chrono::steady_clock;

  bool fail(Failure::Kind kind, std::string words);
  bool send(const std::string& line, const std::vector<UniqueFd>& descriptors, Clock::time_point until);
  bool receive(Poco::JSON::Object::Ptr& message, Clock::time_point until);
  bool wait(short events, Clock::time_point until);
  bool take_result(const Poco::JSON::Object& answer, Poco::Dynamic::Var& result);

  UniqueFd fd_;
  LineBuffer input_{kMaxLine};
  std::uint64_t last_id_ = 0;
  std::deque<Notification> kept_;
  Failure failure_;
};

}  // namespace hearth::core::ctl

#endif
