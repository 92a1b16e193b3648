// Commands and status become patterns, patterns become lines that are on or off.
#include "light.hpp"

#include <utility>

#include "rgb.hpp"

namespace gpio_led {

using hearth::ErrorCode;
using hearth::Status;
using hearth::Value;

Light::Light(hearth::Context& ctx, LightPlan plan, hearth::drivers::GpioLines& lines, House house)
    : ctx_(ctx),
      plan_(std::move(plan)),
      house_(std::move(house)),
      leds_(plan_.lines, lines),
      blinker_(ctx.loop, [this] { static_cast<void>(paint()); }),
      pattern_(plan_.on_at_start ? kSteady : kDark),
      colour_(leds_.all()) {}

hearth::Device Light::device() const {
  hearth::Device device{plan_.id, plan_.name, {"on_off", "pattern"}, plan_.location, plan_.address};
  if (plan_.lines.size() > 1) device.capabilities.emplace_back("color");
  device.kind = "bulb";
  device.reachable = is_open();
  device.reason = reason_;
  return device;
}

void Light::open() {
  const auto opened = leds_.open(pattern_ == kDark ? 0 : colour_);
  reason_ = opened ? std::string() : opened.error().words;
  if (opened) play();
}

void Light::begin() {
  offered_ = true;
  if (is_open()) tell_changes(0);
  if (!reason_.empty()) ctx_.log.of(plan_.id).warning(reason_);
  if (plan_.shows.empty()) return;
  status_ = std::make_unique<hearth::drivers::StatusLight>(
      ctx_, plan_.shows, plan_.shows_class,
      [this](std::string_view pattern, std::uint64_t cause) { show(pattern, cause); });
}

void Light::close() {
  offered_ = false;
  status_.reset();
  blinker_.stop();
  if (plan_.at_exit != AtExit::kKeep)
    static_cast<void>(leds_.set(plan_.at_exit == AtExit::kOn ? colour_ : 0));
  leds_.close();
  told_.clear();
  pattern_ = plan_.on_at_start ? kSteady : kDark;
  colour_ = leds_.all();
}

bool Light::look() {
  if (!offered_) return true;
  if (is_open()) return paint().ok();  // a chip that has gone says so
  const auto before = reason_;
  open();
  if (!is_open() && reason_ == before) return false;
  house_.reachable(is_open(), reason_);
  ctx_.log.of(plan_.id).info(is_open() ? "its lines are there" : reason_);
  told_.clear();
  if (is_open()) tell_changes(0);
  return is_open();
}

hearth::Result<Value> Light::apply(const hearth::Command& command, std::uint64_t cause) {
  auto pattern = pattern_;
  auto colour = colour_;
  if (command.capability == "on_off") pattern = std::get<bool>(command.value) ? kSteady : kDark;
  if (command.capability == "pattern") pattern = std::get<std::string>(command.value);
  if (command.capability == "color") colour = channels_of(std::get<hearth::Color>(command.value));
  if (!rhythm_of(pattern, plan_.on, plan_.off))
    return {ErrorCode::kInvalid, "no such pattern; there are " + pattern_names()};
  if (!is_open() && !look()) return {ErrorCode::kUnreachable, reason_};
  if (const auto done = want(pattern, colour); !done) return done.error();
  auto value = states().at(command.capability);
  told_[command.capability] = value;
  tell_changes(cause);
  return value;
}

// What couldn't be done isn't wanted any more, so that nothing surprising happens when the chip is back.
Status Light::want(const std::string& pattern, Channels colour) {
  const auto old_pattern = std::exchange(pattern_, pattern);
  const auto old_colour = std::exchange(colour_, colour);
  auto done = render();
  if (!done) {
    pattern_ = old_pattern;
    colour_ = old_colour;
  }
  return done;
}

// A pattern that is running already goes on.
Status Light::render() {
  if (playing_ != pattern_) play();
  return paint();
}

void Light::play() {
  blinker_.play(rhythm_of(pattern_, plan_.on, plan_.off).value_or(Rhythm{}));
  playing_ = pattern_;
}

Status Light::paint() {
  auto done = leds_.set(blinker_.lit() ? colour_ : 0);
  if (!done) lost(done.error().words);
  return done;
}

// Its lines may be away: then it shows it when they are back.
void Light::show(std::string_view pattern, std::uint64_t cause) {
  pattern_ = pattern;
  if (is_open() && render()) tell_changes(cause);
}

void Light::lost(const std::string& words) {
  blinker_.stop();
  playing_.clear();
  reason_ = words;
  ctx_.log.of(plan_.id).warning(words);
  house_.reachable(false, words);
}

std::map<std::string, Value> Light::states() const {
  std::map<std::string, Value> all{{"on_off", pattern_ != kDark}, {"pattern", pattern_}};
  if (plan_.lines.size() > 1) all["color"] = color_of(colour_);
  return all;
}

void Light::tell_changes(std::uint64_t cause) {
  for (const auto& [capability, value] : states()) {
    const auto [told, first] = told_.try_emplace(capability, value);
    if (!first && told->second == value) continue;
    told->second = value;
    house_.state(capability, value, cause);
  }
}

}  // namespace gpio_led
