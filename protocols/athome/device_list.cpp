// Devices as JSON text, rewritten only where something changed.
#include "device_list.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "color.hpp"
#include "response.hpp"

namespace hearth::athome {

namespace {

constexpr std::size_t kSpare = 64;  // entries of devices that are gone

}  // namespace

std::string_view address_of(const House::Device& device) {
  if (!device.address.empty()) return device.address;
  return std::string_view(device.device).substr(device.plugin().size() + 1);
}

void DeviceList::changed(const House::Device& device) {
  entries_[device.device].stale = true;
  stale_ = true;
  if (entries_.size() > 2 * house_.devices().size() + kSpare) prune();
}

void DeviceList::prune() {
  std::erase_if(entries_,
                [this](const auto& entry) { return house_.find(std::string_view(entry.first)) == nullptr; });
  stale_ = true;
}

std::string_view DeviceList::one(const House::Device& device) {
  auto& entry = entries_[device.device];
  if (entry.stale) write(entry, device);
  return entry.json;
}

std::string_view DeviceList::definition(const House::Device& device) {
  auto& entry = entries_[device.device];
  if (entry.stale) write(entry, device);
  return std::string_view(entry.json).substr(0, entry.definition);
}

std::string_view DeviceList::all() {
  // Every device of the house has an entry, so a difference can only be a removal.
  if (entries_.size() != house_.devices().size()) prune();
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

  auto preset = presets_.find(device.number) ? *presets_.find(device.number) : Preset();
  if (preset.color.empty()) preset.color = "#ffffff";
  if (!preset.brightness) preset.brightness = 100;

  entry.json.clear();
  number("{\"id\": ", device.number);
  text(", \"name\": ", device.name);
  text(", \"location\": ", device.location);
  text(", \"mfg\": ", device.plugin());
  text(", \"address\": ", address_of(device));
  number(", \"channel\": ", device.channel);
  text(", \"color\": ", std::holds_alternative<Color>(color) ? to_hex(std::get<Color>(color)) : preset.color);
  number(", \"brightness\": ", std::isfinite(brightness) ? std::llround(brightness) : *preset.brightness);
  text(", \"updatetime\": ", time_.text(device.updated_us));
  entry.definition = entry.json.size();
  text(", \"type\": ", device.kind.empty() ? std::string_view("unknown") : device.kind);
  const bool is_on = std::holds_alternative<bool>(on) && std::get<bool>(on);
  entry.json.append(is_on ? ", \"on\": true" : ", \"on\": false").append(", \"selected\": 0}");
  entry.stale = false;
}

}  // namespace hearth::athome
