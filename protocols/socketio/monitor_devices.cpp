// A monitor that goes stays a device, out of reach, so that programs and groups keep it.
#include "monitor_devices.hpp"

#include <memory>
#include <utility>

namespace hearth::monitor {

namespace {

constexpr std::size_t kMostIdBytes = 128;
constexpr std::size_t kMostWords = 1024;

// At a character's boundary; `text` is UTF-8.
std::string_view cut(std::string_view text) {
  if (text.size() <= kMostWords) return text;
  auto end = kMostWords;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

// Valid UTF-8, as everything that came as JSON.
bool is_native_id(std::string_view id) {
  if (id.empty() || id.size() > kMostIdBytes) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    // U+0080 to U+009F are control characters too.
    if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && static_cast<unsigned char>(id[i + 1]) < 0xa0))
      return false;
  }
  return true;
}

void MonitorDevices::begin() {
  devices_.serve([this](const Command& command, Completion done) { apply(command, std::move(done)); });
}

void MonitorDevices::came(const std::string& id) {
  if (devices_.contains(id)) return devices_.reachable(id, true);
  if (!is_native_id(id)) return;
  if (devices_.declared().size() >= kMost) {
    if (!std::exchange(told_, true))
      ctx_.log.warning("there are ", kMost, " monitors already: further ones are no devices");
    return;
  }
  devices_.declare({.id = id, .name = id, .capabilities = {"command", "on_off"}, .kind = "monitor"});
}

void MonitorDevices::went(const std::string& id) {
  if (devices_.contains(id)) devices_.reachable(id, false, "the monitor is not connected");
}

void MonitorDevices::apply(const Command& command, Completion done) {
  const auto* on = std::get_if<bool>(&command.value);
  const auto* text = std::get_if<std::string>(&command.value);
  if (!on && (!text || text->empty()))
    return done.fail(ErrorCode::kInvalid, "an empty command means nothing to a monitor");
  const auto kept = std::make_shared<Completion>(std::move(done));
  flow_.command(command.device, on ? (*on ? "on" : "off") : std::string_view(*text),
                [kept, value = command.value](const Status& status) {
                  if (status.ok()) return kept->ok(value);
                  kept->fail(status.error().code, cut(status.error().words));
                });
}

}  // namespace hearth::monitor
