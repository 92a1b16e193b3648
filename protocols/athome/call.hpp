// Call: one request on its way to its answer, and what request functions have to work with.
#ifndef HEARTH_ATHOME_CALL_HPP
#define HEARTH_ATHOME_CALL_HPP

#include <functional>
#include <string>
#include <string_view>

#include "arguments.hpp"
#include "device_list.hpp"
#include "hearth/bus.hpp"
#include "manufacturers.hpp"
#include "response.hpp"

namespace hearth::athome {

// The house as requests see it; one for the whole plugin.
struct Services {
  House& house;
  DeviceList& devices;
  Responses& responses;
  IsDriver is_driver;
  std::function<Handle(std::string device, std::string capability, Value,
                       std::function<void(const CommandDone&)>)>
      command;
  std::function<Handle(const DeviceWanted&, std::function<void(Result<DeviceTaken>)>)> want_device;
};

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
  void reply(Response& response, std::string_view message = "Success") { send_(response.finish(message)); }
  // An answer of nothing but the standard part.
  void succeed(std::string_view message = "Success");
  // Says what went wrong in `error` and `message`.
  void refuse(int code, std::string_view words);
  // 400 for what the client did wrong (kInvalid), else 500.
  void refuse(const Error& error);

  // Keeps what this call waits for. An empty handle (its function was called already) changes nothing.
  void wait_for(Handle handle);

 private:
  Services& services_;
  const std::string name_;
  const Arguments args_;
  const Send send_;
  Handle waiting_;
};

}  // namespace hearth::athome

#endif
