// Router: requests that home passes on to a plugin, until their one answer comes back.
#ifndef HEARTH_CORE_HOME_ROUTER_HPP
#define HEARTH_CORE_HOME_ROUTER_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>

#include "core/bus/message.hpp"
#include "core/home/endpoint.hpp"

namespace hearth::core {

// [home]
class Router {
 public:
  // The answer, or a refusal made here. Its handle still names the request.
  using Done = std::function<void(const Message& answer)>;

  // Sends `request` to `to`. `done` is called exactly once, unless the asker goes first or the time is up: then the asker,
  // who keeps its own deadline, has been told already.
  void pass(Endpoint& to, Message request, std::uint32_t asker, std::int64_t timeout_us, Done done);

  // False if nobody waits for it (any more).
  bool answered(const Message& answer, std::uint32_t from);

  // What it was asked ends as unreachable, what it asked is forgotten.
  void gone(std::uint32_t plugin);

  std::size_t open() const { return open_.size(); }

 private:
  struct Open {
    std::uint32_t to, asker;
    Done done;
    std::multimap<std::int64_t, std::uint64_t>::iterator expiry;
  };
  void expire(std::int64_t now_us);
  Done take(std::unordered_map<std::uint64_t, Open>::iterator open);

  std::unordered_map<std::uint64_t, Open> open_;
  std::multimap<std::int64_t, std::uint64_t> expiries_;
};

// An answer made by home: a refusal in words.
Message refusal(std::uint64_t request, hearth_status status, std::string_view words);

}  // namespace hearth::core

#endif
