// Listener: a listening TCP socket and the connections that came through it.
#ifndef HEARTH_NET_LISTENER_HPP
#define HEARTH_NET_LISTENER_HPP

#include <Poco/Net/ServerSocket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hearth/net/connection.hpp"

namespace hearth::net {

struct ListenerOptions {
  std::string listen;              // "127.0.0.1:9999", "[::1]:0"
  std::vector<std::string> allow;  // networks; empty: everyone
  std::size_t max_connections = 1024;
  std::size_t max_per_address = 0;  // 0: no limit of its own
  bool closed_at_first = false;     // clients wait in the kernel's queue until Listener::admit()
  ConnectionLimits limits;

  // From the keys that every listening protocol has: listen, allow, max_connections.
  static ListenerOptions from(const Config& config);
};

// Everything: [loop]. Dropping it closes the socket and all its connections.
class Listener {
 public:
  struct Counters {
    std::uint64_t accepted = 0;
    std::uint64_t refused_by_address = 0;  // not in `allow`
    std::uint64_t refused_by_limit = 0;    // too many, in all or from one address
    std::uint64_t out_of_descriptors = 0;
    std::uint64_t dropped = 0;  // sent too much, or didn't read
    std::uint64_t timed_out = 0;
  };
  // Gives a new connection its callbacks. Bytes that are there already are read as soon as it returns.
  using Accept = std::function<void(Connection&)>;

  // Fails if the options make no sense or the address can't be had. `io` outlives the listener.
  static Result<std::unique_ptr<Listener>> open(Io& io, const ListenerOptions& options, Accept accept);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // With options.closed_at_first: accepts from now on.
  void admit();

  // "127.0.0.1:41234": the real port.
  std::string address() const;
  const Counters& counters() const { return counters_; }
  std::size_t size() const { return connections_.size(); }

 private:
  struct IpHash {
    std::size_t operator()(const Ip& ip) const;
  };

  Listener(Io& io, const ListenerOptions& options, AllowList allow, Accept accept);
  Status listen(const Poco::Net::SocketAddress& address);
  void accept_some();
  bool may_connect(const Ip& peer);
  void welcome(Fd socket, const Ip& peer);
  void forget(Connection& connection);
  void out_of_descriptors(int error);
  void warn(const std::string& words);

  Io& io_;
  const ListenerOptions options_;
  const AllowList allow_;
  const Accept accept_;
  Poco::Net::ServerSocket socket_;
  Fd reserve_;  // given up for a moment to turn a client away when there are no others
  Handle watch_, pause_, told_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::vector<std::weak_ptr<Connection>> failed_;  // in this turn: not told of it if the listener goes first
  std::unordered_map<Ip, std::size_t, IpHash> per_address_;  // used with max_per_address only
  Counters counters_;
  Microseconds warned_{0};
};

}  // namespace hearth::net

#endif
