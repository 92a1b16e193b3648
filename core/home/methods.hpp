// HomeMethods: what the control socket can ask of home: devices and groups, named as people name them.
#ifndef HEARTH_CORE_HOME_METHODS_HPP
#define HEARTH_CORE_HOME_METHODS_HPP

#include <Poco/JSON/Object.h>
#include <Poco/UTF8String.h>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>

#include "core/home/home.hpp"

namespace hearth::core {

// An answer for the control socket; called exactly once, on home's thread.
using MethodDone = std::function<void(Result<Poco::Dynamic::Var>)>;
using Method = std::function<void(const Poco::JSON::Object& params, MethodDone done)>;
using Methods = std::map<std::string, Method>;

// The text of a parameter that must be there: a string, or a number as digits.
Result<std::string> text_param(const Poco::JSON::Object& params, const std::string& key);

// A device by number, id or name (letters' case doesn't matter). Unknown: with the nearest; several of that
// name: with all.
Result<DeviceRecord*> find_device(Devices& devices, const std::string& words);

// The thing of a roster with that number or, if no other is called so, that name. Unknown, or several: in
// words.
template <class Things, class NameOf>
auto find_by_number_or_name(const Things& things, const std::string& words, std::string_view what,
                            NameOf name_of) -> Result<const typename Things::mapped_type*> {
  const typename Things::mapped_type* found = nullptr;
  for (const auto& [number, thing] : things) {
    if (std::to_string(number) == words) return &thing;
    if (Poco::UTF8::icompare(name_of(thing), words) != 0) continue;
    if (found)
      return Error{ErrorCode::kInvalid,
                   fmt::format("several {}s are called \"{}\": give the number", what, words)};
    found = &thing;
  }
  if (!found) return Error{ErrorCode::kInvalid, fmt::format("no such {}: {}", what, words)};
  return found;
}

// devices.list, device.get|set|toggle, groups.list|set|remove, group.switch. [home]
Methods home_methods(Home& home);
// programs.list|set|remove, program.run, devices.discover, device.remove. [home]
Methods program_methods(Home& home);

}  // namespace hearth::core

#endif
