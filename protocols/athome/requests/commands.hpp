// Commands to one device or many, and what came of them.
#ifndef HEARTH_ATHOME_REQUESTS_COMMANDS_HPP
#define HEARTH_ATHOME_REQUESTS_COMMANDS_HPP

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "../call.hpp"

namespace hearth::athome {

struct Step {
  std::string capability;
  Value value;
};

// Carries out `steps` one after the other, and answers when the house has said what came of them, or when the
// time for an answer is up.
void carry_out(Call& call, std::string device, std::vector<Step> steps);

// Switches each of `devices`, a number of them at a time; `done` is told how many failed.
void switch_each(Call& call, std::vector<std::string> devices, bool on,
                 std::function<void(std::size_t failed)> done);

// Null if it has none that can be set.
const Capability* writable(const House::Device& device, std::string_view capability);

}  // namespace hearth::athome

#endif
