// Devices and groups: reading parameters, finding what people mean, and answering in JSON.
#include "core/home/methods.hpp"

#include <Poco/JSON/Array.h>

#include <memory>

#include "core/home/views.hpp"

namespace hearth::core {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

Object::Ptr object() { return new Object(Poco::JSON_PRESERVE_KEY_ORDER); }

std::string called(const DeviceRecord& d) {
  return fmt::format("{} \"{}\" ({})", d.number(), d.declared.name, d.id());
}

Object::Ptr group_json(const Group& group, Devices& devices) {
  auto json = object();
  json->set("number", group.number);
  json->set("name", group.name);
  Array::Ptr members = new Array;
  for (const auto number : group.devices)
    if (const auto* device = devices.find(number)) members->add(device->id());
  json->set("devices", members);
  return json;
}

Result<const Group*> find_group(const Groups& groups, const std::string& words) {
  return find_by_number_or_name(groups.all(), words, "group", [](const Group& group) { return group.name; });
}

void list_devices(Home& home, const MethodDone& done) {
  Array::Ptr list = new Array;
  for (const auto& [number, device] : home.devices().all()) list->add(to_json(*device));
  done(Var(list));
}

void get_device(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "device");
  if (!words.ok()) return done(words.error());
  const auto device = find_device(home.devices(), *words);
  if (!device.ok()) return done(device.error());
  if (!params.has("capability")) return done(Var(to_json(**device)));
  const auto capability = params.getValue<std::string>("capability");
  if (!(*device)->find(capability))
    return done(Error{ErrorCode::kInvalid, fmt::format("{} has no {}", called(**device), capability)});
  const auto state = (*device)->states.find(capability);
  done(state == (*device)->states.end() ? Var() : to_json(state->second.reported));
}

void send(Home& home, const DeviceRecord& device, const std::string& capability, Value value,
          const MethodDone& done) {
  home.command(Command{device.id(), capability, std::move(value)},
               [done](const CommandDone& outcome) { done(Var(to_json(outcome))); });
}

void set_device(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "device");
  const auto capability = text_param(params, "capability");
  if (!words.ok()) return done(words.error());
  if (!capability.ok()) return done(capability.error());
  const auto device = find_device(home.devices(), *words);
  if (!device.ok()) return done(device.error());
  send(home, **device, *capability, value_from_json(params.get("value")), done);
}

void toggle_device(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "device");
  if (!words.ok()) return done(words.error());
  const auto device = find_device(home.devices(), *words);
  if (!device.ok()) return done(device.error());
  const auto state = (*device)->states.find("on_off");
  const bool* on = state == (*device)->states.end() ? nullptr : std::get_if<bool>(&state->second.reported);
  if (!on) return done(Error{ErrorCode::kInvalid, called(**device) + " hasn't said whether it is on"});
  send(home, **device, "on_off", !*on, done);
}

void list_groups(Home& home, const MethodDone& done) {
  Array::Ptr list = new Array;
  for (const auto& [number, group] : home.groups().all()) list->add(group_json(group, home.devices()));
  done(Var(list));
}

void set_group(Home& home, const Object& params, const MethodDone& done) {
  GroupWanted wanted;
  const auto name = text_param(params, "name");
  if (params.has("group")) {
    const auto group = find_group(home.groups(), params.get("group").toString());
    if (!group.ok()) return done(group.error());
    wanted = {(*group)->number, (*group)->name, home.groups().fact(**group).devices};
  } else if (!name.ok()) {
    return done(name.error());
  }
  if (name.ok()) wanted.name = *name;
  if (params.has("devices")) {
    const auto devices = params.getArray("devices");
    if (!devices) return done(Error{ErrorCode::kInvalid, "the parameter 'devices' is not a list"});
    wanted.devices.clear();
    for (std::size_t i = 0; i < devices->size(); ++i) {
      const auto device = find_device(home.devices(), devices->get(static_cast<unsigned>(i)).toString());
      if (!device.ok()) return done(device.error());
      wanted.devices.push_back((*device)->id());
    }
  }
  home.put_group(wanted, [&home, done](const Result<GroupDefined>& put) {
    const auto* group = put.ok() ? home.groups().find(put->number) : nullptr;
    if (group) return done(Var(group_json(*group, home.devices())));
    done(put.ok() ? Error{ErrorCode::kStale, "the group is gone again"} : put.error());
  });
}

void remove_group(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "group");
  if (!words.ok()) return done(words.error());
  const auto group = find_group(home.groups(), *words);
  if (!group.ok()) return done(group.error());
  home.remove_group((*group)->number,
                    [done](const Status& status) { status.ok() ? done(Var(true)) : done(status.error()); });
}

void switch_group(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "group");
  if (!words.ok()) return done(words.error());
  const auto group = find_group(home.groups(), *words);
  if (!group.ok()) return done(group.error());
  if (params.has("on") && !params.get("on").isBoolean())
    return done(Error{ErrorCode::kInvalid, "the parameter 'on' is not true or false"});
  const bool on = params.optValue<bool>("on", true);
  struct Tally {
    std::size_t left;
    Array::Ptr outcomes = new Array;
  };
  const auto members = home.groups().fact(**group).devices;
  const auto tally = std::make_shared<Tally>(Tally{members.size()});
  if (members.empty()) return done(Var(tally->outcomes));
  for (const auto& id : members)
    home.command(Command{id, "on_off", on}, [tally, done](const CommandDone& outcome) {
      tally->outcomes->add(to_json(outcome));
      if (--tally->left == 0) done(Var(tally->outcomes));
    });
}

}  // namespace

Result<std::string> text_param(const Object& params, const std::string& key) {
  const Var value = params.get(key);
  if (value.isEmpty() || !(value.isString() || value.isNumeric()))
    return Error{ErrorCode::kInvalid, "the parameter '" + key + "' is missing"};
  return value.toString();
}

Result<DeviceRecord*> find_device(Devices& devices, const std::string& words) {
  if (auto* device = devices.find(words)) return device;
  std::vector<DeviceRecord*> found;
  std::string near;
  for (const auto& [number, device] : devices.all()) {
    if (std::to_string(number) == words) return device.get();
    if (Poco::UTF8::icompare(device->declared.name, words) == 0) found.push_back(device.get());
    const auto lower = Poco::UTF8::toLower(device->declared.name);
    if (near.empty() && !words.empty() && lower.find(Poco::UTF8::toLower(words)) != std::string::npos)
      near = called(*device);
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Error{ErrorCode::kInvalid,
                 fmt::format("no device \"{}\"{}", words, near.empty() ? "" : ", perhaps " + near)};
  std::string all;
  for (const auto* device : found) all += (all.empty() ? "" : ", ") + called(*device);
  return Error{ErrorCode::kInvalid, fmt::format("several devices are called \"{}\": {}", words, all)};
}

Methods home_methods(Home& home) {
  return {
      {"devices.list", [&home](const Object&, const MethodDone& done) { list_devices(home, done); }},
      {"device.get", [&home](const Object& p, const MethodDone& done) { get_device(home, p, done); }},
      {"device.set", [&home](const Object& p, const MethodDone& done) { set_device(home, p, done); }},
      {"device.toggle", [&home](const Object& p, const MethodDone& done) { toggle_device(home, p, done); }},
      {"groups.list", [&home](const Object&, const MethodDone& done) { list_groups(home, done); }},
      {"groups.set", [&home](const Object& p, const MethodDone& done) { set_group(home, p, done); }},
      {"groups.remove", [&home](const Object& p, const MethodDone& done) { remove_group(home, p, done); }},
      {"group.switch", [&home](const Object& p, const MethodDone& done) { switch_group(home, p, done); }},
  };
}

}  // namespace hearth::core
