// Commands to devices, and how they ended.
#ifndef HEARTH_CORE_CONTROL_CTL_OUTCOMES_HPP
#define HEARTH_CORE_CONTROL_CTL_OUTCOMES_HPP

#include <string>

#include "core/control/ctl/ctl.hpp"

namespace hearth::core::ctl {

// Calls `method`, which answers with one outcome or a list of them: a person hears only of what didn't go
// well. kRefused if anything didn't.
int pass_command(Ctl& ctl, const std::string& method, const Poco::JSON::Object::Ptr& params);

}  // namespace hearth::core::ctl

#endif
