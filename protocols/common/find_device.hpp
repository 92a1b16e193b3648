// find_device(): the device that a client means by a word.
#ifndef HEARTH_PROTOCOLS_FIND_DEVICE_HPP
#define HEARTH_PROTOCOLS_FIND_DEVICE_HPP

#include <map>
#include <string>
#include <string_view>

#include "hearth/house.hpp"

namespace hearth::protocols {

using DeviceMap = std::map<std::string, House::Device, std::less<>>;

// By its id, else by its name as it is written. kInvalid, in words for the client: nobody is called so, or
// several are, with their ids. `except`: the plugin whose own devices don't count. In proportion to the
// devices, unless it is an id. [loop]
Result<const House::Device*> find_device(std::string_view word, const DeviceMap& devices,
                                         std::string_view except = {});

// "3 devices are called lamp: a:1, a:2, b:1", of at most eight.
std::string several_called(std::string_view word, const std::vector<const House::Device*>& devices);

}  // namespace hearth::protocols

#endif
