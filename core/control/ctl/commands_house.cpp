// status, devices, device, groups, programs, discover.
#include <Poco/JSON/Array.h>

#include "core/control/ctl/commands.hpp"
#include "core/control/ctl/table.hpp"
#include "core/control/ctl/values.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

// Calls `each` for the objects of a list; other things in it are passed over.
template <class Each>
void for_each_object(const Var& list, Each each) {
  if (list.type() != typeid(Array::Ptr)) return;
  for (const auto& item : *list.extract<Array::Ptr>())
    if (item.type() == typeid(Object::Ptr)) each(*item.extract<Object::Ptr>());
}

int pass(Ctl& ctl, const std::string& method, const Object::Ptr& params = {}) {
  const auto result = ctl.call(method, params);
  return result ? ctl.show(*result) : ctl.status();
}

// Is the outcome of a command as good as the wish? A newer wish that took its place is.
bool good(const Object& outcome) {
  const auto name = outcome.optValue<std::string>("outcome", "ok");
  return name == "ok" || name == "superseded";
}

void say_bad(Ctl& ctl, const Object& outcome) {
  const auto words = outcome.optValue<std::string>("words", "");
  ctl.fail(kRefused, plain(outcome.get("device")) + " " + plain(outcome.get("capability")) + ": " +
                         plain(outcome.get("outcome")) + (words.empty() ? "" : ": " + words));
}

// One outcome or a list of them: a person hears only of what didn't go well.
int command(Ctl& ctl, const std::string& method, const Object::Ptr& params) {
  const auto result = ctl.call(method, params);
  if (!result) return ctl.status();
  if (ctl.json()) ctl.print_json(*result);
  int status = kOk;
  const auto judge = [&](const Object& outcome) {
    if (good(outcome)) return;
    status = kRefused;
    if (!ctl.json()) say_bad(ctl, outcome);
  };
  if (result->type() == typeid(Object::Ptr)) judge(*result->extract<Object::Ptr>());
  for_each_object(*result, judge);
  return status;
}

int get_device(Ctl& ctl, const Object::Ptr& params) {
  const auto result = ctl.call("device.get", params);
  if (!result) return ctl.status();
  if (ctl.json() || !result->isBoolean()) return ctl.show(*result);
  ctl.print(result->convert<bool>() ? "on\n" : "off\n");
  return kOk;
}

int print_table(Ctl& ctl, const Table& table, std::string_view none) {
  ctl.print(table.empty() ? std::string(none) + "\n" : table.text(ctl.coloured()));
  return kOk;
}

int set_device(Ctl& ctl, const std::string& device, const std::string& capability, const Var& value) {
  auto params = params_with("device", named(device));
  params->set("capability", capability);
  params->set("value", value);
  return command(ctl, "device.set", params);
}

int list_groups(Ctl& ctl) {
  const auto groups = ctl.call("groups.list");
  if (!groups) return ctl.status();
  if (ctl.json()) return ctl.print_json(*groups);
  Table table({"NUMBER", "NAME", "DEVICES"});
  for_each_object(*groups, [&](const Object& g) {
    table.add({plain(g.get("number")), plain(g.get("name")), plain(g.get("devices"))});
  });
  return print_table(ctl, table, "no groups");
}

int set_group(Ctl& ctl, const std::vector<std::string>& words) {
  if (words.size() < 2) return ctl.usage("groups set needs a name");
  auto params = params_with("name", words[1]);
  if (ctl.args().has("--group")) params->set("group", named(ctl.args().option("--group")));
  auto devices = Poco::makeShared<Array>();
  for (std::size_t i = 2; i < words.size(); ++i) devices->add(named(words[i]));
  params->set("devices", devices);
  return pass(ctl, "groups.set", params);
}

Cell reachable(const Object& device) {
  if (device.optValue<bool>("reachable", true)) return {"yes", Colour::kGreen};
  const auto reason = device.get("reason");
  return {reason.isEmpty() || plain(reason).empty() ? "no" : "no: " + plain(reason), Colour::kRed};
}

}  // namespace

int run_status(Ctl& ctl) {
  if (!ctl.args().words.empty()) return ctl.usage("status takes nothing behind it");
  return pass(ctl, "status");
}

int run_devices(Ctl& ctl) {
  if (!ctl.args().words.empty())
    return ctl.usage("devices takes nothing behind it; one device is 'hearthctl device'");
  const auto devices = ctl.call("devices.list");
  if (!devices) return ctl.status();
  if (ctl.json()) return ctl.print_json(*devices);
  Table table({"NUMBER", "NAME", "LOCATION", "STATE", "REACHABLE", "ID"});
  for_each_object(*devices, [&](const Object& d) {
    table.add({plain(d.get("number")), plain(d.get("name")), plain(d.get("location")), state_summary(d),
               reachable(d), Cell(plain(d.get("id")), Colour::kDim)});
  });
  return print_table(ctl, table, "no devices");
}

int run_device(Ctl& ctl) {
  const auto& words = ctl.args().words;
  const auto verb = words.empty() ? std::string() : words[0];
  const auto count = words.size();
  if ((verb == "on" || verb == "off") && count == 2) return set_device(ctl, words[1], "on_off", verb == "on");
  if (verb == "toggle" && count == 2)
    return command(ctl, "device.toggle", params_with("device", named(words[1])));
  if (verb == "set" && count == 4) return set_device(ctl, words[1], words[2], parse_value(words[3]));
  if (verb == "get" && (count == 2 || count == 3)) {
    auto params = params_with("device", named(words[1]));
    if (count == 3) params->set("capability", words[2]);
    return get_device(ctl, params);
  }
  return ctl.usage("device needs on, off, toggle, set or get, and a device");
}

int run_groups(Ctl& ctl) {
  const auto& words = ctl.args().words;
  const auto verb = words.empty() ? std::string("list") : words[0];
  if (verb == "list" && words.size() <= 1) return list_groups(ctl);
  if (verb == "set") return set_group(ctl, words);
  if (words.size() == 2) {
    auto params = params_with("group", named(words[1]));
    if (verb == "remove") return pass(ctl, "groups.remove", params);
    if (verb == "on" || verb == "off") {
      params->set("on", verb == "on");
      return command(ctl, "group.switch", params);
    }
  }
  return ctl.usage("groups needs list, set, remove, on or off, and a group");
}

int run_programs(Ctl& ctl) {
  if (!ctl.args().words.empty()) return ctl.usage("programs takes nothing behind it");
  const auto programs = ctl.call("programs.list");
  if (!programs) return ctl.status();
  if (ctl.json()) return ctl.print_json(*programs);
  Table table({"ID", "NAME", "NEXT"});
  for_each_object(*programs, [&](const Object& p) {
    const auto next = p.getArray("next");
    table.add({plain(p.get("id")), plain(p.get("name")),
               next && !next->empty() ? plain(next->get(0)) : std::string("never")});
  });
  return print_table(ctl, table, "no programs");
}

int run_discover(Ctl& ctl) {
  if (!ctl.args().words.empty()) return ctl.usage("discover takes nothing behind it");
  return pass(ctl, "discover");
}

}  // namespace hearth::core::ctl
