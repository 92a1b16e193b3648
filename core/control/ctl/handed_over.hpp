// The files that a person names behind a plugin's verb, opened with that person's rights.
#ifndef HEARTH_CORE_CONTROL_CTL_HANDED_OVER_HPP
#define HEARTH_CORE_CONTROL_CTL_HANDED_OVER_HPP

#include <cstddef>
#include <string>
#include <vector>

#include "core/system/unique_fd.hpp"
#include "hearth/status.hpp"

namespace hearth::core::ctl {

struct HandedOver {
  std::vector<std::size_t> places;    // in the arguments
  std::vector<UniqueFd> descriptors;  // one for each
};

// The first `count` of `args` that don't begin with '-'; fewer when there are fewer. kInvalid: one of them is
// no regular file or can't be read, with its name. Never waits, as opening a FIFO would.
Result<HandedOver> open_files(const std::vector<std::string>& args, std::size_t count);

}  // namespace hearth::core::ctl

#endif
