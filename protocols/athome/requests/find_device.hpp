// Which device a request means: by its number, or by manufacturer, address and channel.
#ifndef HEARTH_ATHOME_REQUESTS_FIND_DEVICE_HPP
#define HEARTH_ATHOME_REQUESTS_FIND_DEVICE_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "../call.hpp"

namespace hearth::athome {

// Failures are kInvalid, in words for the client.
Result<const House::Device*> find_device_by_id(Call& call);
Result<const House::Device*> find_device(Call& call);
// device-mfg (or device-type), device-address and device-channel, and a name for it if the house doesn't know
// it; the one that they name, or null.
Result<DeviceWanted> named_device(Call& call);
const House::Device* find_named(Call& call, const DeviceWanted& wanted);
// Null if there is none of that number, which may be any.
const House::Device* find_number(Call& call, std::int64_t number);

// What clients may call its address, in lower case: what the driver declared, with and without its port, and
// its own id.
std::vector<std::string> names_of(const House::Device& device);
bool answers_to(const House::Device& device, std::string_view driver, std::string_view address,
                std::int32_t channel);

// device-mfg, or device-type as the document calls it: the plugin id of the driver.
Result<std::string> driver_argument(Call& call);
// "#RRGGBB", or as some clients write it without the '#'; empty text is no colour.
Result<std::string> color_argument(const Arguments& args, std::string_view key);
// device-channel; 0 when it isn't given.
Result<std::int32_t> channel_argument(const Arguments& args);

}  // namespace hearth::athome

#endif
