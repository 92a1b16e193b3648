// Commands may end before the call that began them has returned.
#include "orders.hpp"

#include "json_values.hpp"
#include "words.hpp"

namespace hearth::protocols {

namespace {

constexpr std::size_t kMostQuoted = 80;  // bytes of what was asked for

Error wrong(std::string words) { return {ErrorCode::kInvalid, std::move(words)}; }

const std::string& label(const House::Device& device) {
  return device.name.empty() ? device.device : device.name;
}

Error lacks(const House::Device& device, std::string_view capability) {
  return wrong(concat(label(device), " has no capability ", cut(capability, kMostQuoted)));
}

Result<Wish> switching(std::string_view verb, const House::Device& device) {
  if (!device.find("on_off")) return lacks(device, "on_off");
  if (!same_word(verb, "toggle")) return Wish{"on_off", same_word(verb, "on")};
  const auto now = device.value("on_off");
  const auto* on = std::get_if<bool>(&now);
  if (!on) return wrong(label(device) + " hasn't said yet whether it is on");
  return Wish{"on_off", !*on};
}

}  // namespace

Result<std::vector<Wish>> wishes_of(std::string_view verb, const boost::json::object& args,
                                    const House::Device& device, std::string_view besides) {
  std::vector<Wish> wishes;
  const bool sets = same_word(verb, "set");
  if (!sets && !same_word(verb, "on") && !same_word(verb, "off") && !same_word(verb, "toggle"))
    return wrong(concat("unknown command ", cut(verb, kMostQuoted), ": on, off, toggle and set are known"));
  if (!sets) {
    auto wish = switching(verb, device);
    if (!wish.ok()) return wish.error();
    wishes.push_back(std::move(*wish));
  }
  for (const auto& [key, json] : args) {
    const std::string_view name = key;
    if (!besides.empty() && name == besides) continue;
    const auto* capability = device.find(name);
    if (!capability) return lacks(device, name);
    if (!sets && name == "on_off") return wrong("on_off contradicts the command");
    auto value = value_of(json, *capability);
    if (!value.ok()) return value.error();
    wishes.push_back({capability->name, std::move(*value)});
  }
  if (wishes.empty()) return wrong("set needs a capability and its value");
  return wishes;
}

void Orders::run(const std::string& device, std::vector<Wish> wishes,
                 std::function<void(const Status&)> done) {
  if (wishes.empty()) return done({});
  const auto order = ++last_;
  open_.emplace(order, Order{{}, wishes.size(), {}, std::move(done)});
  for (auto& wish : wishes) {
    auto command = command_(device, std::move(wish.capability), std::move(wish.value),
                            [this, order](const CommandDone& how) { ended(order, how); });
    if (const auto open = open_.find(order); open != open_.end())
      open->second.commands.push_back(std::move(command));
  }
}

void Orders::ended(std::uint64_t order, const CommandDone& how) {
  const auto open = open_.find(order);
  if (open == open_.end()) return;
  auto& outcome = open->second.outcome;
  const bool is_done = how.outcome == Outcome::kOk || how.outcome == Outcome::kSuperseded;
  if (!is_done && outcome.ok())
    outcome = {ErrorCode::kFailed, std::string(how.words.empty() ? name(how.outcome) : how.words)};
  if (--open->second.left > 0) return;
  const auto over = open_.extract(open);  // kept until its own callback has returned
  over.mapped().done(over.mapped().outcome);
}

}  // namespace hearth::protocols
