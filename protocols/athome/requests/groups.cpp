// Action groups: making, changing, listing them, and who is in them.
#include <algorithm>

#include "find_device.hpp"
#include "find_group.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

// Clients want an id of the membership; it is made of its two ends, so it is the same each time.
std::int64_t membership(std::uint32_t group, std::uint32_t device) {
  return (std::int64_t{group} << 20) + device;
}

std::string group_json(const GroupDefined& group) {
  std::string json = concat("{\"id\": ", group.number, ", \"name\": ");
  net::json::append_text(json, group.name, kWireStyle);
  return json.append("}");
}

void append_item(std::string& list, std::string_view json) {
  list.append(list.size() > 1 ? ", " : "").append(json);
}

// In the order of their names, byte by byte.
std::string groups_json(const House& house) {
  std::vector<const GroupDefined*> groups;
  for (const auto& [number, group] : house.groups()) groups.push_back(&group);
  std::stable_sort(groups.begin(), groups.end(), [](auto* a, auto* b) { return a->name < b->name; });
  std::string list = "[";
  for (const auto* group : groups) append_item(list, group_json(*group));
  return list.append("]");
}

}  // namespace

Status define_group(Call& call) {
  const auto name = call.args().text("group-name");
  if (!name.ok()) return name.error();
  call.ask<GroupDefined>(GroupWanted{0, *name, {}}, [&call](const GroupDefined& group) {
    auto response = call.success();
    response.field("group-id", std::int64_t{group.number});
    call.reply(response);
  });
  return {};
}

Status update_group(Call& call) {
  const auto group = seek_group(call);
  if (!group.ok()) return group.error();
  const auto name = call.args().text("group-name");
  if (!name.ok()) return name.error();
  if (!*group) {
    call.succeed_with({"group-id"});
    return {};
  }
  call.ask<GroupDefined>(GroupWanted{(*group)->number, *name, {}, true},
                         [&call](const GroupDefined&) { call.succeed_with({"group-id"}); });
  return {};
}

Status delete_group(Call& call) {
  const auto group = seek_group(call);
  if (!group.ok()) return group.error();
  const auto gone = [&call] { call.succeed_with({"group-id"}); };
  if (*group) {
    call.ask(GroupUnwanted{(*group)->number}, gone);
  } else {
    gone();
  }
  return {};
}

Status query_groups(Call& call) {
  if (call.args().has("group-id")) return query_group(call);
  call.reply_with("groups", groups_json(call.services().house));
  return {};
}

Status query_group(Call& call) {
  const auto group = find_group(call);
  if (!group.ok()) return group.error();
  call.reply_with("group", group_json(**group));
  return {};
}

Status query_group_devices(Call& call) {
  const auto group = seek_group(call);
  if (!group.ok()) return group.error();
  std::string list = "[";
  auto& services = call.services();
  if (*group) {
    for (const auto& id : (*group)->devices) {
      const auto* device = services.house.find(std::string_view(id));
      if (!device) continue;
      append_item(list, services.devices.definition(*device));
      list += concat(", \"group_id\": ", (*group)->number, ", \"device_id\": ", device->number, "}");
    }
  }
  call.reply_with("devices", list.append("]"));
  return {};
}

Status query_available_group_devices(Call& call) {
  const auto group = seek_group(call);
  if (!group.ok()) return group.error();
  auto& services = call.services();
  std::vector<const House::Device*> others;
  for (const auto& [id, device] : services.house.devices()) {
    const bool member = *group && std::find((*group)->devices.begin(), (*group)->devices.end(), id) !=
                                      (*group)->devices.end();
    if (!member) others.push_back(&device);
  }
  std::stable_sort(others.begin(), others.end(), [](auto* a, auto* b) { return a->location < b->location; });
  std::string list = "[";
  for (const auto* device : others) {
    append_item(list, services.devices.definition(*device));
    list += "}";
  }
  call.reply_with("devices", list.append("]"));
  return {};
}

Status assign_device(Call& call) {
  const auto group = find_group(call);
  if (!group.ok()) return group.error();
  const auto device = find_device_by_id(call);
  if (!device.ok()) return device.error();
  const auto id = membership((*group)->number, (*device)->number);
  call.ask<GroupDefined>(GroupMember{(*group)->number, (*device)->device, true},
                         [&call, id](const GroupDefined&) {
                           auto response = call.success();
                           response.field("action-group-device-id", id);
                           call.reply(response);
                         });
  return {};
}

// Both spellings of the device's key: the document's and the original's.
Status delete_group_device(Call& call) {
  const auto group = seek_group(call);
  if (!group.ok()) return group.error();
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  const auto done = [&call] {
    auto response = call.success();
    call.echo(response, "group-id");
    call.echo(response, "device_id", "device-id");
    call.echo(response, "device-id");
    call.reply(response);
  };
  const auto* device = find_number(call, *id);
  if (*group && device) {
    call.ask<GroupDefined>(GroupMember{(*group)->number, device->device, false},
                           [done](const GroupDefined&) { done(); });
  } else {
    done();
  }
  return {};
}

}  // namespace hearth::athome
