// status, devices, device, groups.
#include <Poco/JSON/Array.h>

#include "core/control/ctl/commands.hpp"
#include "core/control/ctl/lists.hpp"
#include "core/control/ctl/outcomes.hpp"
#include "core/control/ctl/table.hpp"
#include "core/control/ctl/values.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

int get_device(Ctl& ctl, const Object::Ptr& params) {
  const auto result = ctl.call("device.get", params);
  if (!result) return ctl.status();
  if (ctl.json() || !result->isBoolean()) return ctl.show(*result);
  ctl.print(result->convert<bool>() ? "on\n" : "off\n");
  return kOk;
}

int set_device(Ctl& ctl, const std::string& device, const std::string& capability, const Var& value) {
  auto params = params_with("device", named(device));
  params->set("capability", capability);
  params->set("value", value);
  return pass_command(ctl, "device.set", params);
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
  if (verb == "remove" && count == 2)
    return pass(ctl, "device.remove", params_with("device", named(words[1])));
  if (verb == "toggle" && count == 2)
    return pass_command(ctl, "device.toggle", params_with("device", named(words[1])));
  if (verb == "set" && count == 4) return set_device(ctl, words[1], words[2], parse_value(words[3]));
  if (verb == "get" && (count == 2 || count == 3)) {
    auto params = params_with("device", named(words[1]));
    if (count == 3) params->set("capability", words[2]);
    return get_device(ctl, params);
  }
  return ctl.usage("device needs on, off, toggle, set, get or remove, and a device");
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
      return pass_command(ctl, "group.switch", params);
    }
  }
  return ctl.usage("groups needs list, set, remove, on or off, and a group");
}

}  // namespace hearth::core::ctl
