// Ids are unique, names are not.
#include "find_device.hpp"

#include <algorithm>

#include "words.hpp"

namespace hearth::protocols {

namespace {

constexpr std::size_t kMostShown = 8;    // candidates
constexpr std::size_t kMostQuoted = 80;  // bytes of what was asked for

}  // namespace

std::string several_called(std::string_view word, const std::vector<const House::Device*>& devices) {
  auto words = concat(devices.size(), " devices are called ", cut(word, kMostQuoted), ": ");
  for (std::size_t i = 0; i < std::min(devices.size(), kMostShown); ++i)
    words += (i == 0 ? "" : ", ") + devices[i]->device;
  return devices.size() > kMostShown ? words + ", ..." : words;
}

Result<const House::Device*> find_device(std::string_view word, const DeviceMap& devices,
                                         std::string_view except) {
  const auto counts = [except](const House::Device& device) {
    return except.empty() || device.plugin() != except;
  };
  if (const auto same_id = devices.find(word); same_id != devices.end() && counts(same_id->second))
    return &same_id->second;
  std::vector<const House::Device*> called;
  for (const auto& [id, device] : devices)
    if (!word.empty() && device.name == word && counts(device)) called.push_back(&device);
  if (called.size() == 1) return called.front();
  if (!called.empty()) return Error{ErrorCode::kInvalid, several_called(word, called)};
  return Error{ErrorCode::kInvalid, concat("there is no device called ", cut(word, kMostQuoted))};
}

}  // namespace hearth::protocols
