// Devices as JSON text, rewritten only where something changed.
#include "device_list.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "color.hpp"
#include "response.hpp"

namespace hearth::athome {

void DeviceList::changed(const House::Device& device) {
  entries_[device.device].stale = true;
  stale_ = true;
}

std::string_view DeviceList::one(const House::Device& device) {
  auto& entry = entries_[device.device];
  if (entry.stale) write(entry, device);
  return entry.json;
}

std::string_view DeviceList::all() {
  // Every device of the house has an entry, so a difference can only be a removal.
  if (entries_.size() != house_.devices().size()) {
    std::erase_if(entries_, [this](const auto& entry) {
      return house_.find(std::string_view(entry.first)) == nullptr;
    });
    stale_ = true;
  }
  if (stale_) refresh();
  return all_;
}

void DeviceList::refresh() {
  std::vector<const Entry*> order;
  for (auto& [id, entry] : entries_) {
    const auto* device = house_.find(std::string_view(id));
    if (!device) continue;
    if (entry.stale) write(entry, *device);
    order.push_back(&entry);
  }
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    return std::tie(a->location, a->name) < std::tie(b->location, b->name);
  });
  all_.assign(1, '[');
  for (const auto* entry : order) all_.append(all_.size() > 1 ? ", " : "").append(entry->json);
  all_ += ']';
  stale_ = false;
}

void DeviceList::write(Entry& entry, const House::Device& device) {
  entry.location = device.location;
  entry.name = device.name;
  const auto number = [&](std::string_view key, std::int64_t value) {
    net::json::append_number(entry.json.append(key), value);
  };
  const auto text = [&](std::string_view key, std::string_view value) {
    net::json::append_text(entry.json.append(key), value, kWireStyle);
  };
  const auto color = device.value("color");
  const auto brightness = as_number(device.value("brightness"));
  const auto on = device.value("on_off");

  entry.json.clear();
  number("{\"id\": ", device.number);
  text(", \"name\": ", device.name);
  text(", \"location\": ", device.location);
  text(", \"mfg\": ", device.plugin());
  text(", \"address\": ", device.address);
  number(", \"channel\": ", device.channel);
  text(", \"color\": ", std::holds_alternative<Color>(color) ? to_hex(std::get<Color>(color)) : "#ffffff");
  number(", \"brightness\": ", std::isfinite(brightness) ? std::llround(brightness) : 100);
  text(", \"updatetime\": ", time_.text(device.updated_us));
  text(", \"type\": ", device.kind.empty() ? std::string_view("unknown") : device.kind);
  const bool is_on = std::holds_alternative<bool>(on) && std::get<bool>(on);
  entry.json.append(is_on ? ", \"on\": true" : ", \"on\": false").append(", \"selected\": 0}");
  entry.stale = false;
}

}  // namespace hearth::athome
