// Counting commands and ever_answered.
#include "monitor.hpp"

#include <algorithm>
#include <utility>

namespace hearth::monitor {

namespace {

constexpr std::size_t kMostNoted = 64;  // of one user; so many at most are told to have failed

}  // namespace

void Monitor::bind(Client& user) {
  user.target = this;
  user.place_at_target = users.size();
  users.push_back(&user);
}

void Monitor::unbind(Client& user) {
  users.back()->place_at_target = user.place_at_target;
  std::swap(users[user.place_at_target], users.back());
  users.pop_back();
  user.target = nullptr;
  user.out.clear();
}

bool Monitor::is_busy(Microseconds now) {
  if (last_sent - last_answered < kMostOut) return false;
  give_up(now);
  return ever_answered && last_sent != last_answered;
}

std::uint64_t Monitor::count_sent(Microseconds now) {
  if (last_sent == last_answered) since = now;
  return ++last_sent;
}

Done Monitor::count_answer(Microseconds now) {
  ever_answered = true;
  if (last_answered == last_sent) return {};
  ++last_answered;
  since = now;
  if (asked.empty() || asked.front().number != last_answered) return {};
  auto done = std::move(asked.front().done);
  asked.erase(asked.begin());
  return done;
}

std::size_t Monitor::out_of(const Client& user) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(user.out, [this](std::uint64_t n) { return n > last_answered; }));
}

void Monitor::note(Client& user, std::uint64_t n) const {
  if (!user.out.empty())
    std::erase_if(user.out, [this](std::uint64_t number) { return number <= last_answered; });
  if (user.out.size() < kMostNoted) user.out.push_back(n);
}

void Monitor::give_up(Microseconds now) {
  if (last_sent != last_answered && now - since > kPatience)
    end_all({ErrorCode::kTimeout, "the monitor gave no answer"});
}

void Monitor::end_all(const Status& how) {
  last_answered = last_sent;
  const auto over = std::exchange(asked, {});
  for (const auto& one : over) one.done(how);
}

}  // namespace hearth::monitor
