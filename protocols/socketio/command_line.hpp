// parse(): what a user's command to the house means: "on Kitchen lamp", "set Shelf light color #ff8000".
#ifndef HEARTH_MONITOR_COMMAND_LINE_HPP
#define HEARTH_MONITOR_COMMAND_LINE_HPP

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/find_device.hpp"
#include "common/orders.hpp"

namespace hearth::monitor {

using protocols::DeviceMap;

// on NAME, off NAME, toggle NAME, set NAME CAPABILITY VALUE, status [NAME], help.
struct Order {
  enum class Kind : std::uint8_t { kSet, kStatus, kHelp };
  Kind kind = Kind::kHelp;
  const House::Device* device = nullptr;  // status: null means all of them
  std::vector<protocols::Wish> wishes{};
};

// NAME is a device's name, id or number. Where several readings fit the longest name counts, then the id, the
// name as it is written, the name with other capitals, the number. Capitals of words don't count. kInvalid,
// in words for the user: an unknown word, a name that nobody or more than one has, a capability that the
// device hasn't, a value that it can't have. Takes time in proportion to the devices and the text. [loop]
Result<Order> parse(std::string_view text, const DeviceMap& devices);

inline constexpr std::string_view kHelp =
    "on NAME, off NAME, toggle NAME, set NAME CAPABILITY VALUE, status [NAME], help";

}  // namespace hearth::monitor

#endif
