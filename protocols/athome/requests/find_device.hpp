// Which device a request means: by its number, or by manufacturer, address and channel.
#ifndef HEARTH_ATHOME_REQUESTS_FIND_DEVICE_HPP
#define HEARTH_ATHOME_REQUESTS_FIND_DEVICE_HPP

#include <cstdint>
#include <string>

#include "../call.hpp"

namespace hearth::athome {

// Failures are kInvalid, in words for the client.
Result<const House::Device*> find_device_by_id(Call& call);
Result<const House::Device*> find_device(Call& call);

// device-mfg, or device-type as the document calls it: the plugin id of the driver.
Result<std::string> driver_argument(Call& call);
// device-channel; 0 when it isn't given.
Result<std::int32_t> channel_argument(const Arguments& args);

}  // namespace hearth::athome

#endif
