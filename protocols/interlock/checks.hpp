// check(): can a web server be reached?
#ifndef HEARTH_INTERLOCK_CHECKS_HPP
#define HEARTH_INTERLOCK_CHECKS_HPP

#include <functional>

#include "remote.hpp"

namespace hearth::interlock {

// GETs `where`, whose target counts too. Any answer below 500 will do; 10 s are given. `done` is called once,
// from the loop, never from inside this; dropping the attempt gives up. [loop]
[[nodiscard]] net::Attempt check(net::Io& io, const ServerAddress& where,
                                 std::function<void(const Status&)> done);

}  // namespace hearth::interlock

#endif
