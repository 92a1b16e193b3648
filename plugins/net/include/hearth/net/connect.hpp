// connect(): a TCP connection to somebody else, without ever blocking the loop.
#ifndef HEARTH_NET_CONNECT_HPP
#define HEARTH_NET_CONNECT_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hearth/net/connection.hpp"

namespace hearth::net {

struct ConnectOptions {
  Microseconds timeout = std::chrono::seconds(5);  // for name and connection together
  ConnectionLimits limits{};
};

// An attempt under way; dropping it gives up, and `done` is not called. [loop]
using Attempt = std::shared_ptr<void>;
using Connected = std::function<void(Result<std::shared_ptr<Connection>>)>;

// `host` is an address ("192.0.2.7", "fe80::1%eth0" without brackets) or a name; of its addresses
// each is tried in turn.
// `done` is called once, from the loop, never from inside connect(): with a connection, to which it gives its
// callbacks, or kTimeout / kUnreachable with words. [loop]
[[nodiscard]] Attempt connect(Io& io, std::string host, std::uint16_t port, const ConnectOptions& options,
                              Connected done);

// Whatever makes connections: connect() itself, or one that puts TLS on top (see tls.hpp). The promises are
// those of connect().
using Connector =
    std::function<Attempt(Io& io, std::string host, std::uint16_t port, const ConnectOptions&, Connected)>;

}  // namespace hearth::net

#endif
