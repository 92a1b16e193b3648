// Which group or program a request means.
#ifndef HEARTH_ATHOME_REQUESTS_FIND_GROUP_HPP
#define HEARTH_ATHOME_REQUESTS_FIND_GROUP_HPP

#include "../call.hpp"

namespace hearth::athome {

// The one whose number is the argument; null if there is none. Errors: no integer there.
Result<const GroupDefined*> seek_group(Call& call);
Result<const ProgramDefined*> seek_program(Call& call, std::string_view argument = "program-id");
// The same, where one that isn't there is an error, too.
Result<const GroupDefined*> find_group(Call& call);
Result<const ProgramDefined*> find_program(Call& call, std::string_view argument = "program-id");

}  // namespace hearth::athome

#endif
