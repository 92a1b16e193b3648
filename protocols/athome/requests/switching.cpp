// On and Off: commands one after the other, and an answer only when the house has said what came of them.
#include <algorithm>
#include <memory>
#include <vector>

#include "../color.hpp"
#include "find_device.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

struct Step {
  std::string capability;
  Value value;
};

struct Switching {
  std::string device;
  std::vector<Step> steps;  // the next one is the last
  std::string failure;      // of an earlier step
  bool superseded = false;
};

std::string words_for(const CommandDone& done) {
  if (!done.words.empty()) return done.words;
  switch (done.outcome) {
    case Outcome::kTimeout: return "the device did not answer in time";
    case Outcome::kBusy: return "too many commands are waiting";
    case Outcome::kUnreachable: return "the device cannot be reached";
    default: return "the device failed";
  }
}

void finish(Call& call, const Switching& work) {
  if (!work.failure.empty()) return call.refuse(kServerError, work.failure);
  call.succeed(work.superseded ? "superseded" : "Success");
}

// A light that won't take its colour is still switched; one that isn't there isn't waited for three times.
void next_step(Call& call, std::shared_ptr<Switching> work) {
  if (work->steps.empty()) return finish(call, *work);
  auto step = std::move(work->steps.back());
  work->steps.pop_back();
  call.wait_for(call.services().command(work->device, step.capability, step.value,
                                        [&call, work](const CommandDone& done) {
                                          if (done.outcome == Outcome::kSuperseded) {
                                            work->superseded = true;
                                          } else if (done.outcome != Outcome::kOk) {
                                            if (work->failure.empty()) work->failure = words_for(done);
                                            if (done.outcome != Outcome::kError) work->steps.clear();
                                          }
                                          next_step(call, work);
                                        }));
}

Status check_range(const Capability& capability, std::string_view argument, std::int64_t value) {
  const auto number = static_cast<double>(value);
  if (!capability.has_range() || (number >= capability.min && number <= capability.max)) return {};
  return {ErrorCode::kInvalid,
          concat(argument, " must be from ", capability.min, " to ", capability.max, " for this device")};
}

const Capability* writable(const House::Device& device, std::string_view name) {
  const auto* capability = device.find(name);
  return capability && capability->writable ? capability : nullptr;
}

// The brightness that a request asks for: device-brightness, or a dim-amount other than 0, which must not
// mean dark.
Result<std::int64_t> asked_brightness(const Arguments& args) {
  std::int64_t percent = -1;
  if (args.has("dim-amount")) {
    const auto amount = args.integer("dim-amount", 0, 100);
    if (!amount.ok()) return amount;
    if (*amount > 0) percent = *amount;
  }
  return args.has("device-brightness") ? args.integer("device-brightness", 0, 100) : percent;
}

// Devices that can't do it are simply switched, as the original does with plugs.
Status add_light_steps(const Arguments& args, const House::Device& device, std::vector<Step>& steps) {
  const auto percent = asked_brightness(args);
  if (!percent.ok()) return percent.error();
  if (const auto* brightness = writable(device, "brightness"); brightness && *percent >= 0) {
    const auto said = args.has("device-brightness") ? "device-brightness" : "dim-amount";
    if (const auto status = check_range(*brightness, said, *percent); !status.ok()) return status;
    steps.push_back({"brightness", *percent});
  }
  if (!args.has("device-color")) return {};
  const auto text = args.text("device-color");
  if (!text.ok()) return text.error();
  const auto color = parse_color(*text);
  if (!color && !text->empty()) return {ErrorCode::kInvalid, "device-color is not of the form #RRGGBB"};
  if (color && writable(device, "color")) steps.push_back({"color", *color});
  return {};
}

Status switch_to(Call& call, bool on) {
  const auto found = find_device(call);
  if (!found.ok()) return found.error();
  const auto& device = **found;
  auto work = std::make_shared<Switching>(Switching{device.device, {}, {}, false});
  if (on) {
    if (const auto status = add_light_steps(call.args(), device, work->steps); !status.ok()) return status;
  } else if (const auto amount = asked_brightness(call.args()); !amount.ok()) {
    return amount.error();
  }
  if (!writable(device, "on_off")) return {ErrorCode::kInvalid, "the device cannot be switched"};
  work->steps.push_back({"on_off", on});
  std::reverse(work->steps.begin(), work->steps.end());
  next_step(call, work);
  return {};
}

}  // namespace

Status switch_on(Call& call) { return switch_to(call, true); }

Status switch_off(Call& call) { return switch_to(call, false); }

}  // namespace hearth::athome
