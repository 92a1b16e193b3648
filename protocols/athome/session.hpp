// Session: one connection: a request in, an answer out, closed.
#ifndef HEARTH_ATHOME_SESSION_HPP
#define HEARTH_ATHOME_SESSION_HPP

#include <optional>
#include <string_view>

#include "call.hpp"
#include "hearth/net/connection.hpp"
#include "hearth/net/json_framer.hpp"

namespace hearth::athome {

// Lives as long as its connection can call it. [loop]
class Session {
 public:
  // Gives `connection` a session of its own, which must have its request within `patience`.
  static void serve(net::Connection& connection, Services& services, Microseconds patience);

  Session(net::Connection& connection, Services& services) : connection_(connection), services_(services) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  std::size_t data(std::string_view bytes);
  void too_late();
  void handle(std::string_view frame);
  void run(std::string name, boost::json::object& request);
  void refuse(std::string_view words);
  void answer(std::string_view bytes);

  net::Connection& connection_;
  Services& services_;
  net::JsonFramer framer_;
  std::optional<Call> call_;
  bool complete_ = false;  // a whole frame was read, so the client is not expected to send more
};

}  // namespace hearth::athome

#endif
