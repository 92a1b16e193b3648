// StatusLight: what a light shows of how something in the house is: the class of a status, as a pattern.
#ifndef HEARTH_DRIVERS_STATUS_LIGHT_HPP
#define HEARTH_DRIVERS_STATUS_LIGHT_HPP

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hearth/context.hpp"

namespace hearth::drivers {

// "off", "setup", "success", "warning", "error"; nothing for another word.
constexpr std::optional<StatusClass> status_class(std::string_view word) {
  if (word == "off") return StatusClass::kOff;
  if (word == "setup") return StatusClass::kSetup;
  if (word == "success") return StatusClass::kSuccess;
  if (word == "warning") return StatusClass::kWarning;
  if (word == "error") return StatusClass::kError;
  return std::nullopt;
}

// The pattern of a light that shows every class: "none" is dark, "steady" just on.
constexpr std::string_view pattern_of(StatusClass status) {
  switch (status) {
    case StatusClass::kOff: return "none";
    case StatusClass::kSetup: return "slow";
    case StatusClass::kSuccess: return "steady";
    case StatusClass::kWarning: return "double";
    case StatusClass::kError: return "fast";
  }
  return "none";
}

// Follows one subject ("interlock", "update", "plugins") of StatusChanged, whoever speaks of it. Nobody has
// spoken of it yet: dark. The plugin needs the permission bus:listen. [loop]
class StatusLight {
 public:
  // The light shall show `pattern` from now on; `cause`: the status message.
  using Show = std::function<void(std::string_view pattern, std::uint64_t cause)>;

  // `only`: the light is for one class, and dark in the others.
  StatusLight(Context& ctx, std::string subject, std::optional<StatusClass> only, Show show)
      : status_(ctx.bus.subscribe<StatusChanged>([subject = std::move(subject), only, show = std::move(show)](
                                                     const StatusChanged& status, const Meta& meta) {
          if (status.subject != subject) return;
          const bool dark = only && status.status != *only;
          show(dark ? "none" : pattern_of(status.status), meta.id);
        })) {}

 private:
  Handle status_;
};

}  // namespace hearth::drivers

#endif
