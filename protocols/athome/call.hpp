// Call: one request on its way to its answer, and what request functions have to work with.
#ifndef HEARTH_ATHOME_CALL_HPP
#define HEARTH_ATHOME_CALL_HPP

#include <algorithm>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "arguments.hpp"
#include "device_list.hpp"
#include "hearth/bus.hpp"
#include "manufacturers.hpp"
#include "presets.hpp"
#include "response.hpp"

namespace hearth::athome {

// The house as requests see it; one for the whole plugin.
struct Services {
  House& house;
  DeviceList& devices;
  Presets& presets;
  Responses& responses;
  Bus& bus;
  IsDriver is_driver;
  // Has `time` to be done.
  std::function<Handle(std::string device, std::string capability, Value,
                       std::function<void(const CommandDone&)>, std::chrono::milliseconds time)>
      command;
  // Kept on disk by the time `done` is called.
  std::function<Handle(std::function<void(Status)> done)> save_presets;
  std::size_t switching = 0;  // commands of AllDevicesOn and its like that are under way
};

// A client waits ten seconds at most for an answer; all that is asked of the house for it has to be back
// before.
inline constexpr std::chrono::milliseconds kPatience{9000};

// Answered exactly once, at once or later. It ends with its connection, and what it waits for with it. [loop]
class Call {
 public:
  using Send = std::function<void(std::string_view)>;

  // `name` is what the answer calls the request.
  Call(Services& services, std::string name, Arguments args, Send send);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Services& services() { return services_; }
  const Arguments& args() const { return args_; }

  // Begins an answer; end it with reply().
  Response success() { return services_.responses.begin(name_, kSuccess); }
  // With a field of JSON that stands before the result code.
  Response success_after(std::string_view key, std::string_view json) {
    return services_.responses.begin(name_, kSuccess, key, json);
  }
  void reply(Response& response, std::string_view message = "Success") { send_(response.finish(message)); }
  // An answer of one field.
  void reply_with(std::string_view key, std::string_view json);
  // An answer of nothing but the standard part.
  void succeed(std::string_view message = "Success");
  // Says what went wrong in `error` and `message`.
  void refuse(int code, std::string_view words);
  // 400 for what the client did wrong (kInvalid), else 500.
  void refuse(const Error& error);

  // The answer's field `key` as the client sent it, if it did.
  void echo(Response& response, std::string_view key) const { echo(response, key, key); }
  void echo(Response& response, std::string_view key, std::string_view argument) const;
  // An answer of nothing but the echoes of these arguments.
  void succeed_with(std::initializer_list<std::string_view> echoed);

  // Of the client's patience; at least a moment.
  std::chrono::milliseconds time_left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
    return std::max(left, std::chrono::milliseconds(1));
  }

  // Asks home. A failure is answered as such, `done` hears of success.
  template <class Answer, class T>
  void ask(const T& request, std::function<void(const Answer&)> done) {
    wait_for(services_.bus.request<Answer>(request, time_left(),
                                           [this, done = std::move(done)](const Result<Answer>& answer) {
                                             answer.ok() ? done(*answer) : refuse(answer.error());
                                           }));
  }
  // The same for what is answered with a plain yes.
  template <class T>
  void ask(const T& request, std::function<void()> done) {
    wait_for(
        services_.bus.request(request, time_left(), [this, done = std::move(done)](const Status& status) {
          status.ok() ? done() : refuse(status.error());
        }));
  }

  // Keeps what this call waits for. An empty handle (its function was called already) changes nothing.
  void wait_for(Handle handle);
  // The same for whatever holds handles of its own.
  void keep(std::shared_ptr<void> work) { work_ = std::move(work); }

 private:
  Services& services_;
  const std::string name_;
  const Arguments args_;
  const Send send_;
  using Clock = std::chrono::steady_clock;

  const Clock::time_point end_ = Clock::now() + kPatience;
  Handle waiting_;
  std::shared_ptr<void> work_;
};

}  // namespace hearth::athome

#endif
