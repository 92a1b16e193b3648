// The requests that this driver makes, as JSON text; each may be repeated without harm.
#ifndef HEARTH_DRIVERS_TPLINK_REQUEST_HPP
#define HEARTH_DRIVERS_TPLINK_REQUEST_HPP

#include <string>
#include <string_view>

namespace tplink {

// Which module of the device switches it.
enum class Switch {
  kNone,        // nothing here does: a strip, whose outlets are switched one by one
  kRelay,       // plugs, wall switches, dimmers: system.set_relay_state
  kBulb,        // bulbs: smartlife.iot.smartbulb.lightingservice.transition_light_state
  kLightStrip,  // light strips: smartlife.iot.lightStrip.set_light_state
};

struct Method {
  std::string_view module, name;
};

// The method behind a switch; empty for kNone.
Method method_of(Switch kind);

// Information, and with `metered` the meter's reading as well.
std::string poll_request(bool metered);
std::string switch_request(Switch kind, bool on);

}  // namespace tplink

#endif
