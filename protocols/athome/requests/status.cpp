// The server about itself and its sky: StatusRequest, GetTime, SetTime, GetSunData.
#include "requests.hpp"

namespace hearth::athome {

namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;

std::string json_time(std::int64_t at_us) {
  if (at_us == 0) return "null";
  const auto minute = (at_us + kMinuteUs / 2) / kMinuteUs * kMinuteUs;
  return concat("\"", LocalTime::iso_text(minute), "\"");
}

std::string_view words_for(Polar polar) {
  switch (polar) {
    case Polar::kDay: return "polar day: the sun does not set on that date";
    case Polar::kNight: return "polar night: the sun does not rise on that date";
    default: return "Success";
  }
}

}  // namespace

Status status_request(Call& call) {
  auto response = call.success();
  const auto day = LocalTime::day_of_week(call.services().responses.now_us());
  response.field("day-of-week", std::string_view("0123456").substr(static_cast<std::size_t>(day), 1));
  response.field("firmware-revision", std::string_view("0.0.0.0"));
  call.reply(response);
  return {};
}

// The answer is the date-time that every response has. Nobody sets the server's clock from here.
Status get_time(Call& call) {
  call.succeed();
  return {};
}

Status get_sun_data(Call& call) {
  const auto date = call.args().text("date");
  if (!date.ok()) return date.error();
  call.ask<SunTimes>(SunWanted{*date}, [&call](const SunTimes& sun) {
    const auto data =
        concat("{\"sunset\": ", json_time(sun.sunset_us), ", \"sunrise\": ", json_time(sun.sunrise_us), "}");
    auto response = call.success_after("data", data);
    call.reply(response, words_for(sun.polar));
  });
  return {};
}

}  // namespace hearth::athome
