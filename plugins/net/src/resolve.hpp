// resolve(): the addresses of a name, without ever blocking the loop or a worker.
#ifndef HEARTH_NET_RESOLVE_HPP
#define HEARTH_NET_RESOLVE_HPP

#include <Poco/Net/IPAddress.h>

#include <functional>
#include <string>
#include <vector>

#include "hearth/net/connect.hpp"

namespace hearth::net {

// `done` is called once, from the loop, never from inside this: with the addresses in the system's order, or
// with none. Dropping the attempt gives up at once, however long the system still looks. [loop]
[[nodiscard]] Attempt resolve(Io& io, const std::string& host,
                              std::function<void(std::vector<Poco::Net::IPAddress>)> done);

}  // namespace hearth::net

#endif
