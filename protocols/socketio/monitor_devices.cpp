// What the house commands a monitor goes through the flow, like what users do.
#include "monitor_devices.hpp"

#include <memory>
#include <utility>

#include "common/words.hpp"

namespace hearth::monitor {

namespace {

constexpr std::size_t kMostWords = 1024;  // bytes, of a monitor to the house

}  // namespace

// Not called by the id alone: it could be another device's name.
MonitorDevices::MonitorDevices(Context& ctx, Flow& flow, const House& house)
    : flow_(flow),
      devices_(
          ctx, house,
          {.noun = "monitor",
           .name_of = [](const std::string& id) { return "Monitor " + id; },
           .apply = [this](const Command& command, Completion done) { apply(command, std::move(done)); }}) {}

void MonitorDevices::came(const std::string& id) {
  devices_.came({.id = id, .name = {}, .capabilities = {"command", "on_off"}, .kind = "monitor"});
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
                  kept->fail(status.error().code, protocols::cut(status.error().words, kMostWords));
                });
}

}  // namespace hearth::monitor
