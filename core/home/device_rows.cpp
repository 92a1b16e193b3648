// Devices as the store keeps them.
#include <algorithm>

#include "core/home/devices.hpp"
#include "hearth/codec.hpp"

namespace hearth::core {

// Without what is true only now: a device that comes and goes isn't written each time.
store::DeviceRow to_row(const DeviceRecord& d) {
  Builder builder;
  DeviceDeclared lasting = d.declared;
  lasting.reachable = true;
  lasting.reason.clear();
  const auto declaration = encode(builder, lasting);
  return {d.number(),
          d.id(),
          d.plugin,
          d.declared.name,
          d.declared.location,
          d.declared.address,
          d.declared.channel,
          d.wanted,
          d.named,
          std::vector<std::uint8_t>(declaration.data, declaration.data + declaration.size)};
}

void Devices::restore(const store::Snapshot& snapshot) {
  next_number_ = static_cast<std::uint32_t>(snapshot.next_device);
  for (const auto& row : snapshot.devices) restore(row);
  for (const auto& row : snapshot.states) restore(row);
  for (const auto& [key, value] : snapshot.settings)
    if (key.starts_with(kUnwantedKey)) unwanted_.insert(key.substr(kUnwantedKey.size()));
}

void Devices::restore(const store::DeviceRow& row) {
  auto device = std::make_unique<DeviceRecord>();
  // The bytes come from a file; only an aligned and verified copy of them is read.
  std::vector<std::uint64_t> aligned(row.declaration.size() / 8 + 1);
  std::copy(row.declaration.begin(), row.declaration.end(), reinterpret_cast<std::uint8_t*>(aligned.data()));
  auto declared =
      decode<DeviceDeclared>({reinterpret_cast<const std::uint8_t*>(aligned.data()), row.declaration.size()});
  if (declared.ok()) device->declared = std::move(*declared);
  auto& d = device->declared;
  d.device = row.id;
  d.number = static_cast<std::uint32_t>(row.number);
  d.name = row.name;
  d.location = row.location;
  d.address = row.address;
  d.channel = static_cast<std::int32_t>(row.channel);
  d.reachable = false;
  d.reason = "the plugin " + row.plugin + " isn't running";
  device->plugin = row.plugin;
  device->wanted = row.wanted;
  device->named = row.named;
  device->saved = row;
  next_number_ = std::max(next_number_, d.number + 1);
  by_id_[row.id] = device.get();
  ++count_[row.plugin];
  by_number_[d.number] = std::move(device);
}

}  // namespace hearth::core
