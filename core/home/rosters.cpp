// Between numbers and ids of devices.
#include "core/home/rosters.hpp"

#include "core/home/judge.hpp"

namespace hearth::core {

std::vector<std::string> ids_of(Devices& devices, const std::vector<std::uint32_t>& numbers) {
  std::vector<std::string> ids;
  ids.reserve(numbers.size());
  for (const auto number : numbers)
    if (const auto* device = devices.find(number)) ids.push_back(device->id());
  return ids;
}

Result<std::vector<std::uint32_t>> numbers_of(Devices& devices, const std::vector<std::string>& ids) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(ids.size());
  for (const auto& id : ids) {
    const auto* device = devices.find(id);
    if (!device) return Error{ErrorCode::kInvalid, "no such device: " + id.substr(0, kMaxDeviceId)};
    if (std::find(numbers.begin(), numbers.end(), device->number()) == numbers.end())
      numbers.push_back(device->number());
  }
  return numbers;
}

std::vector<std::uint32_t> united(std::vector<std::uint32_t> all, const std::vector<std::uint32_t>& more) {
  for (const auto number : more)
    if (std::find(all.begin(), all.end(), number) == all.end()) all.push_back(number);
  return all;
}

std::vector<std::uint32_t> known_of(Devices& devices, const std::vector<std::int64_t>& kept) {
  std::vector<std::uint32_t> known;
  known.reserve(kept.size());
  for (const auto number : kept)
    if (devices.find(static_cast<std::uint32_t>(number))) known.push_back(static_cast<std::uint32_t>(number));
  return known;
}

}  // namespace hearth::core
