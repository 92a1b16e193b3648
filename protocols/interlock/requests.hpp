// Requests: what the server asks for, from a JSON object to the object that answers it.
#ifndef HEARTH_INTERLOCK_REQUESTS_HPP
#define HEARTH_INTERLOCK_REQUESTS_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/find_device.hpp"
#include "common/orders.hpp"
#include "remote.hpp"
#include "status.hpp"

namespace hearth::interlock {

struct RequestHooks {
  protocols::Orders::Command command;
  // device.shutdown, device.restart; see Machine::order().
  std::function<Status(std::string_view verb, std::chrono::milliseconds delay)> machine;
  // A message of the server to people and programs of this house.
  std::function<Status(const std::string& kind, const std::string& text)> message;
};

// CMD, GET and MSG (specs/interlock). Whatever comes is answered, once: {"t","i","s":2000,"r"}, or
// {"t","i","s":4100,"e"} with words; but for what is an answer itself. Extra keys are ignored. [loop]
class Requests {
 public:
  static constexpr std::size_t kMostOpen = 64;  // commands of devices under way
  static constexpr std::size_t kMostDepth = 32;
  // Bytes of what describes the house: a usual Socket.IO server takes a million of one message.
  static constexpr std::size_t kMostAnswer = 900'000;

  Requests(const protocols::DeviceMap& devices, const Board& board, RequestHooks hooks)
      : devices_(devices), board_(board), hooks_(std::move(hooks)), orders_(hooks_.command) {}
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;

  // An error: what came is no JSON. `answer` is called before this returns, but for commands of devices, of
  // which it is when they have ended; not at all once the Requests are gone.
  void handle(const Result<boost::json::value>& request, const Answer& answer);

 private:
  using Body = Result<boost::json::value>;  // null: an answer without "r"

  void command(const boost::json::object& request, std::function<void(const Body&)> done);
  Status command_machine(std::string_view verb, const boost::json::object& args);
  Body get(const boost::json::object& request) const;
  Body everything() const;
  Status message(const boost::json::object& request);

  const protocols::DeviceMap& devices_;
  const Board& board_;
  const RequestHooks hooks_;
  protocols::Orders orders_;
};

// {"code","class","name","since"}: as the status page has it.
boost::json::object shown(const Board& board);

}  // namespace hearth::interlock

#endif
