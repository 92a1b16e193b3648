// Which requests there are.
#include <algorithm>
#include <array>

#include "requests.hpp"

namespace hearth::athome {

namespace {

constexpr std::array kRequests{
    Request{"statusrequest", "StatusRequest", false, status_request},
    Request{"gettime", "", false, get_time},
    Request{"querydevices", "", true, query_devices},
    Request{"definedevice", "", true, define_device},
    Request{"on", "", true, switch_on},
    Request{"deviceon", "", true, switch_on},
    Request{"off", "", true, switch_off},
    Request{"deviceoff", "", true, switch_off},
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
