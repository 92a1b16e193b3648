// Answers that every request may give.
#include "call.hpp"

namespace hearth::athome {

Call::Call(Services& services, std::string name, Arguments args, Send send)
    : services_(services), name_(std::move(name)), args_(std::move(args)), send_(std::move(send)) {}

void Call::succeed(std::string_view message) {
  auto response = success();
  reply(response, message);
}

void Call::reply_with(std::string_view key, std::string_view json) {
  auto response = success();
  response.raw(key, json);
  reply(response);
}

void Call::refuse(int code, std::string_view words) {
  auto response = services_.responses.begin(name_, code);
  response.field("error", words);
  reply(response, words);
}

void Call::refuse(const Error& error) {
  refuse(error.code == ErrorCode::kInvalid ? kBadRequest : kServerError, error.words);
}

void Call::echo(Response& response, std::string_view key, std::string_view argument) const {
  if (const auto* value = args_.find(argument)) response.field(key, *value);
}

void Call::succeed_with(std::initializer_list<std::string_view> echoed) {
  auto response = success();
  for (const auto key : echoed) echo(response, key);
  reply(response);
}

void Call::wait_for(Handle handle) {
  if (handle) waiting_ = std::move(handle);
}

}  // namespace hearth::athome
