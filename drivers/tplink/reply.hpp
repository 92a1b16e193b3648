// What devices answer, decoded. It comes from outside: every field is checked, the rest is not looked at.
#ifndef HEARTH_DRIVERS_TPLINK_REPLY_HPP
#define HEARTH_DRIVERS_TPLINK_REPLY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hearth/status.hpp"
#include "request.hpp"

namespace tplink {

// From system.get_sysinfo. Its latitude and longitude are never read, so that they can't be logged.
struct Info {
  std::string id;     // deviceId: letters, digits, '-', ':', '_'; at most 100 characters
  std::string alias;  // the name given in the Kasa app; UTF-8 without control characters, at most 128 bytes;
                      // may be empty
  std::string model;  // "HS110(US)"
  std::string kind;   // "plug", "dimmer", "bulb", "lightstrip", "strip"; empty if it can't be told
  Switch how = Switch::kNone;
  bool metered = false;  // system answers for a meter: module emeter
  std::optional<bool> on;
  std::optional<std::int64_t> rssi;  // dBm
};

// From emeter.get_realtime, in one set of units for old and new firmware. Absent: not told.
struct Meter {
  std::optional<double> power_w, energy_wh, voltage_v, current_a;
};

struct Reading {
  Info info;
  std::optional<Meter> meter;
};

// The answer to poll_request(). A meter's refusal leaves only the meter out. Otherwise kInvalid, with words
// that say what is wrong with it: not JSON, nested too deeply, bad UTF-8, an error of the device's own, a
// field of the wrong type.
hearth::Result<Reading> decode_poll(std::string_view text);

// The answer to a request that called `method`: ok only with an err_code of 0; kFailed with the device's own
// words.
hearth::Status decode_done(std::string_view text, const Method& method);

}  // namespace tplink

#endif
