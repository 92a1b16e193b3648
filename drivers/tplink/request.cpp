// Requests as text: they are small and fixed, so nothing needs to be serialized.
#include "request.hpp"

namespace tplink {

Method method_of(Switch kind) {
  switch (kind) {
    case Switch::kNone: break;
    case Switch::kRelay: return {"system", "set_relay_state"};
    case Switch::kBulb: return {"smartlife.iot.smartbulb.lightingservice", "transition_light_state"};
    case Switch::kLightStrip: return {"smartlife.iot.lightStrip", "set_light_state"};
  }
  return {};
}

std::string poll_request(bool metered) {
  return metered ? R"({"system":{"get_sysinfo":{}},"emeter":{"get_realtime":{}}})"
                 : R"({"system":{"get_sysinfo":{}}})";
}

std::string switch_request(Switch kind, bool on) {
  const auto method = method_of(kind);
  // ignore_default 0: a bulb comes back with the brightness and colour that it had.
  const std::string args = kind == Switch::kRelay ? std::string(on ? R"({"state":1})" : R"({"state":0})")
                                                  : std::string(on ? R"({"on_off":1,"ignore_default":0})"
                                                                   : R"({"on_off":0,"ignore_default":0})");
  return "{\"" + std::string(method.module) + "\":{\"" + std::string(method.name) + "\":" + args + "}}";
}

}  // namespace tplink
