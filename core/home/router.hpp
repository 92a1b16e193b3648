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

  static constexpr std::size_t kMostOpen = 4096;  // of one asker; the server itself has no bound
  static constexpr std::int64_t kLongestUs = std::int64_t{86400} * 1'000'000;

  explicit Router(EventLoop& loop) : loop_(loop) {}
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  ~Router() { loop_.cancel(timer_); }

  // Sends `request` to `to`. `done` is called exactly once, with HEARTH_TIMEOUT when the time is up; not at
  // all when the asker goes first. `asker` 0: the server itself.
  void pass(Endpoint& to, Message request, std::uint32_t asker, std::int64_t timeout_us, Done done);

  // False if nobody waits for it (any more).
  bool answered(const Message& answer, std::uint32_t from);

  // What it was asked ends as unreachable, what it asked is forgotten.
  void gone(std::uint32_t plugin);

  std::size_t open() const { return open_.size(); }

 private:
  using Expiries = std::multimap<std::int64_t, std::uint64_t>;
  struct Open {
    std::uint32_t to, asker;
    Done done;
    Expiries::iterator expiry;
  };
  using OpenRequests = std::unordered_map<std::uint64_t, Open>;

  Done take(OpenRequests::iterator open);
  void arm();
  void expire();

  EventLoop& loop_;
  OpenRequests open_;
  Expiries expiries_;
  std::unordered_map<std::uint32_t, std::size_t> asked_;  // how many are open, by asker
  hearth_handle timer_ = 0;
  std::int64_t armed_us_ = 0;
};

// An answer made by home: a refusal in words.
Message refusal(std::uint64_t request, hearth_status status, std::string_view words);
inline Message refusal_of(std::uint64_t request, const Error& error) {
  return refusal(request, static_cast<hearth_status>(error.code), error.words);
}

}  // namespace hearth::core

#endif
