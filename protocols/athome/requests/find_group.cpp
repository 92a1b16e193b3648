// By number only: names needn't be unique.
#include "find_group.hpp"

#include <limits>

namespace hearth::athome {

namespace {

template <class Thing>
Result<const Thing*> seek(Call& call, std::string_view argument,
                          const std::map<std::uint32_t, Thing>& things) {
  const auto number = call.args().integer(argument);
  if (!number.ok()) return number.error();
  if (*number < 1 || *number > std::numeric_limits<std::uint32_t>::max()) return nullptr;
  const auto thing = things.find(static_cast<std::uint32_t>(*number));
  return thing == things.end() ? nullptr : &thing->second;
}

template <class Thing>
Result<const Thing*> must_be(Result<const Thing*> found, std::string_view what) {
  if (found.ok() && !*found) return Error{ErrorCode::kInvalid, concat("there is no such ", what)};
  return found;
}

}  // namespace

Result<const GroupDefined*> seek_group(Call& call) {
  return seek(call, "group-id", call.services().house.groups());
}

Result<const ProgramDefined*> seek_program(Call& call, std::string_view argument) {
  return seek(call, argument, call.services().house.programs());
}

Result<const GroupDefined*> find_group(Call& call) { return must_be(seek_group(call), "group"); }

Result<const ProgramDefined*> find_program(Call& call, std::string_view argument) {
  return must_be(seek_program(call, argument), "program");
}

}  // namespace hearth::athome
