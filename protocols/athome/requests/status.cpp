// The server about itself: StatusRequest, GetTime.
#include "requests.hpp"

namespace hearth::athome {

Status status_request(Call& call) {
  auto response = call.success();
  const auto day = LocalTime::day_of_week(call.services().responses.now_us());
  response.field("day-of-week", std::string_view("0123456").substr(static_cast<std::size_t>(day), 1));
  response.field("firmware-revision", std::string_view("0.0.0.0"));
  call.reply(response);
  return {};
}

// The answer is the date-time that every response has.
Status get_time(Call& call) {
  call.succeed();
  return {};
}

}  // namespace hearth::athome
