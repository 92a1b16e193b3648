// Replies as several models give them, made from the table of fields that devices are known to have.
#ifndef HEARTH_TEST_DRIVERS_TPLINK_FIXTURES_HPP
#define HEARTH_TEST_DRIVERS_TPLINK_FIXTURES_HPP

#include <string>

namespace fixture {

inline const std::string kPlug =
    R"j({"system":{"get_sysinfo":{"sw_ver":"1.2.5","hw_ver":"1.0","type":"IOT.SMARTPLUGSWITCH",
  "model":"HS100(EU)","alias":"Heizlüfter","deviceId":"8006AAAA00000000000000000000000000000001",
    "hwId":"AA","mac":"02:00:00:00:00:01",
  "relay_state":1,"on_time":77,"feature":"TIM","updating":0,"rssi":-61,"led_off":0,"latitude":12.345678,
    "longitude":98.765432,
  "err_code":0}}})j";

inline std::string metered(const std::string& meter, bool on = true) {
  return R"j({"system":{"get_sysinfo":{"type":"IOT.SMARTPLUGSWITCH","model":"HS110(EU)","alias":"Fridge",
    "deviceId":"8006AAAA00000000000000000000000000000002","relay_state":)j" +
         std::string(on ? "1" : "0") +
         R"j(,"feature":"TIM:ENE","rssi":-50,"err_code":0}},"emeter":{"get_realtime":)j" + meter + "}}";
}
inline const std::string kOldMeter =
    R"j({"current":0.5,"voltage":230.5,"power":115.25,"total":1.5,"err_code":0})j";
inline const std::string kNewMeter =
    R"j({"current_ma":500,"voltage_mv":230500,"power_mw":115250,"total_wh":1500,"err_code":0})j";

inline const std::string kDimmer =
    R"j({"system":{"get_sysinfo":{"mic_type":"IOT.SMARTPLUGSWITCH","model":"HS220(US)","alias":"Stairs",
  "deviceId":"8006AAAA00000000000000000000000000000003","relay_state":0,"brightness":40,"feature":"TIM",
    "rssi":-70,"err_code":0}}})j";

inline const std::string kBulb =
    R"j({"system":{"get_sysinfo":{"mic_type":"IOT.SMARTBULB","model":"LB130(EU)","alias":"Desk",
  "deviceId":"8012BBBB00000000000000000000000000000004","mic_mac":"020000000004","is_dimmable":1,"is_color":1,
  "light_state":{"on_off":0,"dft_on_state":{"mode":"normal","hue":0,"saturation":0,"color_temp":2700,
    "brightness":50}},
  "rssi":-55,"err_code":0}}})j";

inline const std::string kLightStrip =
    R"j({"system":{"get_sysinfo":{"mic_type":"IOT.SMARTBULB","model":"KL430(EU)","alias":"Shelf",
  "deviceId":"8012BBBB00000000000000000000000000000005","length":16,
  "light_state":{"on_off":1,"hue":10,"saturation":20,"color_temp":0,"brightness":30},"rssi":-44,
    "err_code":0}}})j";

inline const std::string kStrip =
    R"j({"system":{"get_sysinfo":{"mic_type":"IOT.SMARTPLUGSWITCH","model":"HS300(US)","alias":"Rack",
  "deviceId":"8006CCCC00000000000000000000000000000006","feature":"TIM:ENE","child_num":2,"children":[
  {"id":"00","state":1,"alias":"A","on_time":5},{"id":"01","state":0,"alias":"B","on_time":0}],"rssi":-33,
    "err_code":0}}})j";

}  // namespace fixture

#endif
