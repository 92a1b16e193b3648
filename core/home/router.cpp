// Bookkeeping of open requests. Expired ones are swept when others come in: nobody waits for them.
#include "core/home/router.hpp"

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
  const auto now = steady_now_us();
  expire(now);
  const auto id = request.id;
  const auto status = to.push(std::move(request));
  if (status != HEARTH_OK) {
    return done(refusal(id, status, status == HEARTH_BUSY ? "the plugin is busy" : "the plugin isn't running"));
  }
  const auto expiry = expiries_.emplace(now + timeout_us, id);
  open_[id] = {to.source(), asker, std::move(done), expiry};
}

Router::Done Router::take(std::unordered_map<std::uint64_t, Open>::iterator open) {
  Done done = std::move(open->second.done);
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

void Router::expire(std::int64_t now_us) {
  while (!expiries_.empty() && expiries_.begin()->first < now_us) take(open_.find(expiries_.begin()->second));
}

void Router::gone(std::uint32_t plugin) {
  std::vector<std::pair<std::uint64_t, Done>> unanswered;
  for (auto open = open_.begin(); open != open_.end();) {
    const auto each = open++;
    const auto id = each->first;
    const bool asked = each->second.to == plugin;
    if (!asked && each->second.asker != plugin) continue;
    auto done = take(each);
    if (asked) unanswered.emplace_back(id, std::move(done));
  }
  for (auto& [id, done] : unanswered) done(refusal(id, HEARTH_UNREACHABLE, "the plugin has stopped"));
}

}  // namespace hearth::core
