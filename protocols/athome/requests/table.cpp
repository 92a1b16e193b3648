// Which requests there are.
#include <algorithm>
#include <array>

#include "requests.hpp"

namespace hearth::athome {

namespace {

constexpr std::array kRequests{
    Request{"statusrequest", "StatusRequest", false, status_request},
    Request{"gettime", "", false, get_time},
    Request{"settime", "", false, get_time},
    Request{"getsundata", "GetSunData", true, get_sun_data},
    Request{"querydevices", "", true, query_devices},
    Request{"definedevice", "", true, define_device},
    Request{"updatedevice", "", true, update_device},
    Request{"deletedevice", "", true, delete_device},
    Request{"queryavailabledevices", "", true, query_available_devices},
    Request{"discoverdevices", "DiscoverDevices", false, discover_devices},
    Request{"on", "", true, switch_on},
    Request{"deviceon", "", true, switch_on},
    Request{"off", "", true, switch_off},
    Request{"deviceoff", "", true, switch_off},
    Request{"dim", "", true, dim},
    Request{"bright", "", true, brighten},
    Request{"onoffstatus", "", true, on_off_status},
    Request{"alldeviceson", "", false, all_devices_on},
    Request{"alldevicesoff", "", false, all_devices_off},
    Request{"groupon", "", true, group_on},
    Request{"groupoff", "", true, group_off},
    Request{"defineactiongroup", "", true, define_group},
    Request{"updateactiongroup", "", true, update_group},
    Request{"deleteactiongroup", "", true, delete_group},
    Request{"queryactiongroups", "", true, query_groups},
    Request{"queryactiongroup", "", true, query_group},
    Request{"queryactiongroupdevices", "", true, query_group_devices},
    Request{"queryavailablegroupdevices", "", true, query_available_group_devices},
    Request{"assigndevice", "", true, assign_device},
    Request{"deleteactiongroupdevice", "", true, delete_group_device},
    Request{"defineprogram", "DefineProgram", true, define_program},
    Request{"updateprogram", "UpdateProgram", true, update_program},
    Request{"deleteprogram", "", true, delete_program},
    Request{"queryprograms", "", true, query_programs},
    Request{"querydeviceprogram", "", true, query_device_program},
    Request{"querydeviceprograms", "", true, query_device_programs},
    Request{"queryavailableprograms", "", true, query_available_programs},
    Request{"assignprogram", "", true, assign_program},
    Request{"assignprogramtogroup", "", true, assign_program_to_group},
    Request{"deletedeviceprogram", "", true, delete_device_program},
};

constexpr std::size_t kLongestName = 64;

}  // namespace

const Request* find_request(std::string_view name) {
  if (name.size() > kLongestName) return nullptr;
  const auto lower = lower_case(name);
  const auto request =
      std::find_if(kRequests.begin(), kRequests.end(), [&](const Request& r) { return r.name == lower; });
  return request == kRequests.end() ? nullptr : &*request;
}

}  // namespace hearth::athome
