// Exchange: one request to one device and its reply, over a connection of its own, within a time.
#ifndef HEARTH_DRIVERS_TPLINK_EXCHANGE_HPP
#define HEARTH_DRIVERS_TPLINK_EXCHANGE_HPP

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "address.hpp"
#include "hearth/net/connect.hpp"
#include "xor_codec.hpp"

namespace tplink {

// A connection for each request: devices accept few, and their app wants one as well. If an attempt fails in
// time it is repeated once, at once; so a request must bear being carried out twice. Dropping the exchange
// gives it up. [loop]
class Exchange {
 public:
  // The reply in plain, not looked at; or why there is none: kUnreachable, kTimeout, kInvalid (not framed as
  // a reply).
  using Done = std::function<void(hearth::Result<std::string>)>;

  // `done` is called once, never from inside the constructor, and may destroy the exchange. `time` is for
  // everything: name, connection (2 s at most), both attempts.
  Exchange(hearth::net::Io& io, const Address& address, std::string_view request, hearth::Microseconds time,
           Done done);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

 private:
  void attempt();
  void connected(std::shared_ptr<hearth::net::Connection> connection);
  std::size_t receive(std::string_view bytes);
  void failed(hearth::Error error);
  void finish(hearth::Result<std::string> result);
  hearth::Microseconds left() const { return until_ - io_.loop.steady(); }

  hearth::net::Io& io_;
  const Address address_;
  const std::string frame_;
  const hearth::Microseconds until_;
  Done done_;
  bool repeated_ = false;
  FrameReader reader_;
  hearth::net::Attempt attempt_;
  std::shared_ptr<hearth::net::Connection> connection_;
};

}  // namespace tplink

#endif
