// Bookkeeping of open requests, and one timer for the first that expires.
#include "core/home/router.hpp"

#include <algorithm>

namespace hearth::core {

Message refusal(std::uint64_t request, hearth_status status, std::string_view words) {
  Message m;
  m.kind = MessageKind::kAnswer;
  m.handle = request;
  m.cause = request;
  m.time_us = wall_now_us();
  m.status = status;
  m.body = Body(words);
  return m;
}

void Router::pass(Endpoint& to, Message request, std::uint32_t asker, std::int64_t timeout_us, Done done) {
  const auto id = request.id;
  if (open_.contains(id)) return done(refusal(id, HEARTH_INVALID, "a request with that id is open already"));
  if (const auto asked = asked_.find(asker);
      asked != asked_.end() && asker != 0 && asked->second >= kMostOpen)
    return done(refusal(id, HEARTH_BUSY, "too many requests of this plugin are open"));
  if (const auto status = to.push(std::move(request)); status != HEARTH_OK)
    return done(
        refusal(id, status, status == HEARTH_BUSY ? "the plugin is busy" : "the plugin isn't running"));
  const auto expiry =
      expiries_.emplace(steady_now_us() + std::clamp<std::int64_t>(timeout_us, 1, kLongestUs), id);
  open_[id] = {to.source(), asker, std::move(done), expiry};
  ++asked_[asker];
  arm();
}

Router::Done Router::take(OpenRequests::iterator open) {
  Done done = std::move(open->second.done);
  if (const auto asked = asked_.find(open->second.asker); --asked->second == 0) asked_.erase(asked);
  expiries_.erase(open->second.expiry);
  open_.erase(open);
  return done;
}

bool Router::answered(const Message& answer, std::uint32_t from) {
  const auto open = open_.find(answer.handle);
  if (open == open_.end() || open->second.to != from) return false;
  take(open)(answer);
  return true;
}

// A timer that finds nothing due costs less than setting it anew with each answer.
void Router::arm() {
  if (expiries_.empty() || (timer_ != 0 && armed_us_ <= expiries_.begin()->first)) return;
  loop_.cancel(timer_);
  armed_us_ = expiries_.begin()->first;
  loop_.timer(
      std::max<std::int64_t>(0, armed_us_ - steady_now_us()), 0,
      [](void* of) {
        auto& router = *static_cast<Router*>(of);
        router.timer_ = 0;
        router.expire();
        router.arm();
      },
      this, &timer_);
}

void Router::expire() {
  const auto now = steady_now_us();
  while (!expiries_.empty() && expiries_.begin()->first <= now) {
    const auto id = expiries_.begin()->second;
    take(open_.find(id))(refusal(id, HEARTH_TIMEOUT, "no answer in time"));
  }
}

void Router::gone(std::uint32_t plugin) {
  std::vector<std::pair<std::uint64_t, Done>> unanswered;
  for (auto open = open_.begin(); open != open_.end();) {
    const auto each = open++;
    const auto id = each->first;
    const bool asked = each->second.to == plugin && each->second.asker != plugin;
    if (!asked && each->second.asker != plugin) continue;
    auto done = take(each);
    if (asked) unanswered.emplace_back(id, std::move(done));
  }
  for (auto& [id, done] : unanswered) done(refusal(id, HEARTH_UNREACHABLE, "the plugin has stopped"));
}

}  // namespace hearth::core
