// Judge: is this what a plugin or a client may say? Pure functions, used by home before anything is believed.
#ifndef HEARTH_CORE_HOME_JUDGE_HPP
#define HEARTH_CORE_HOME_JUDGE_HPP

#include <string>
#include <string_view>

#include "hearth/messages.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

inline constexpr std::size_t kMaxDeviceId = 192;     // bytes, "<plugin>:" included
inline constexpr std::size_t kMaxName = 256;         // bytes: names, locations, addresses, reasons
inline constexpr std::size_t kMaxCapabilities = 64;  // of one device
inline constexpr std::size_t kMaxText = 65536;       // bytes: a text value

// `text` is UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F) and not longer than `most`
// bytes.
bool is_clean(std::string_view text, std::size_t most);

// "[a-z][a-z0-9_]{0,63}", as the manifest's id.
bool is_plugin_id(std::string_view text);

// "<owner>:<native id>" in clean text of at most kMaxDeviceId bytes.
bool is_device_id(std::string_view text, std::string_view owner);

// A device as the plugin `owner` may declare it: the id is its own, texts are clean, capabilities are from
// the vocabulary (with its type and unit, inside its range, set only where that can be set) or have a name
// with a dot of their own. Unit and range that it leaves out become the vocabulary's.
Status judge_declaration(DeviceDeclared& device, std::string_view owner);

// `value` as `capability` wants it: converted where nothing is lost ("#rrggbb" is a color), inside its range
// (of a text: its bytes).
Result<Value> judged(const Value& value, const Capability& capability);

// The same for a wish: the capability has to be writable, too.
Result<Value> judged_wish(const Value& value, const Capability& capability);

// Driver, address, name and location are clean text that an id can be made of.
Status judge_wanted(const DeviceWanted& wanted);

// Name, days, time, offset, random minutes, brightness and colour inside their ranges.
Status judge_program(const Program& program);

}  // namespace hearth::core

#endif
