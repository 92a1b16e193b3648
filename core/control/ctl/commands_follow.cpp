// bus and log: what is there, and what comes.
#include <Poco/JSON/Array.h>
#include <fmt/format.h>

#include <charconv>

#include "core/control/ctl/commands.hpp"
#include "core/control/ctl/table.hpp"
#include "core/control/ctl/values.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

std::string text_of(const Object& object, const char* key) {
  const auto value = object.get(key);
  return value.isEmpty() ? std::string() : plain(value);
}

void print_message(Ctl& ctl, const Object::Ptr& message) {
  if (ctl.json()) {
    ctl.print_json(message, true);
  } else {
    ctl.print(fmt::format("{} {} {} {}\n", painted(text_of(*message, "time"), Colour::kDim, ctl.coloured()),
                          painted(text_of(*message, "source"), Colour::kDim, ctl.coloured()),
                          painted(text_of(*message, "type"), Colour::kGreen, ctl.coloured()),
                          painted(body_summary(message->get("body")), Colour::kNone, false)));
  }
  ctl.print_now({});
}

void print_entry(Ctl& ctl, const Object::Ptr& entry) {
  if (ctl.json()) {
    ctl.print_json(entry, true);
  } else {
    const auto level = text_of(*entry, "level");
    const auto colour = level == "error"     ? Colour::kRed
                        : level == "warning" ? Colour::kYellow
                                             : Colour::kNone;
    auto who = text_of(*entry, "plugin");
    if (const auto device = text_of(*entry, "device"); !device.empty())
      who += (who.empty() ? "" : " ") + device;
    ctl.print(fmt::format("{} {:<7} {}{}\n", painted(text_of(*entry, "time"), Colour::kDim, ctl.coloured()),
                          level, who.empty() ? "" : painted(who, Colour::kDim, ctl.coloured()) + ": ",
                          painted(text_of(*entry, "text"), colour, ctl.coloured())));
  }
  ctl.print_now({});
}

void say_dropped(Ctl& ctl, const Object& params) {
  ctl.fail(kOk, text_of(params, "count") + " lines are lost: they came faster than they were read here");
}

Object::Ptr log_params(const Arguments& args) {
  auto params = Poco::makeShared<Object>(Poco::JSON_PRESERVE_KEY_ORDER);
  if (args.has("--level")) params->set("level", args.option("--level"));
  if (args.has("--plugin")) params->set("plugin", args.option("--plugin"));
  return params;
}

int follow_log(Ctl& ctl, Object::Ptr params, std::uint64_t printed) {
  Notification notification;
  if (!ctl.call("log.follow", params)) return ctl.status();
  // Between asking for the old and following the new something may have been said.
  params->set("since", printed);
  params->set("max", 10'000);
  const auto between = ctl.call("log.get", params);
  if (!between) return ctl.status();
  for (const auto& entry : *between->extract<Object::Ptr>()->getArray("entries")) {
    const auto object = entry.extract<Object::Ptr>();
    printed = object->getValue<std::uint64_t>("seq");
    print_entry(ctl, object);
  }
  while (ctl.next(notification)) {
    if (notification.method == "log.dropped") say_dropped(ctl, *notification.params);
    if (notification.method != "log.entry" ||
        notification.params->optValue<std::uint64_t>("seq", 0) <= printed)
      continue;
    print_entry(ctl, notification.params);
  }
  return ctl.status();
}

}  // namespace

int run_bus(Ctl& ctl) {
  if (!ctl.args().words.empty()) return ctl.usage("bus takes only options");
  auto params = Poco::makeShared<Object>();
  if (ctl.args().has("--type")) params->set("type", ctl.args().option("--type"));
  if (!ctl.call("bus.follow", params)) return ctl.status();
  const bool follow = ctl.args().has("--follow");
  Notification notification;
  while (ctl.next(notification)) {
    if (notification.method == "bus.retained_done" && !follow) return kOk;
    if (notification.method == "bus.dropped") say_dropped(ctl, *notification.params);
    if (notification.method != "bus.message") continue;
    if (follow || notification.params->optValue<bool>("retained", false))
      print_message(ctl, notification.params);
  }
  return ctl.status();
}

int run_log(Ctl& ctl) {
  if (!ctl.args().words.empty()) return ctl.usage("log takes only options");
  auto params = log_params(ctl.args());
  std::uint64_t max = 100;
  if (const auto text = ctl.args().option("--max"); !text.empty()) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), max);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size())
      return ctl.usage("--max needs a whole number");
  }
  auto asked = Poco::makeShared<Object>(*params);
  asked->set("max", max);
  const auto result = ctl.call("log.get", asked);
  if (!result) return ctl.status();
  const auto answer = result->type() == typeid(Object::Ptr) ? result->extract<Object::Ptr>() : Object::Ptr();
  const auto entries = answer ? answer->getArray("entries") : Array::Ptr();
  if (!entries) return ctl.fail(kUsage, "hearthd speaks another language than this hearthctl");
  const bool follow = ctl.args().has("--follow");
  if (ctl.json() && !follow) return ctl.print_json(entries);
  for (const auto& entry : *entries) print_entry(ctl, entry.extract<Object::Ptr>());
  return follow ? follow_log(ctl, params, answer->optValue<std::uint64_t>("last_seq", 0)) : kOk;
}

}  // namespace hearth::core::ctl
