// Keeps the programs in the order of their next occasions.
#include "core/schedule/schedule.hpp"

#include <algorithm>
#include <tuple>

#include "core/schedule/calendar.hpp"

namespace hearth::core {

static_assert(Schedule::kLookBackUs == 7 * kDayUs);

bool Schedule::Entry::has_fired(std::int32_t day) const {
  const auto end = fired.begin() + std::min<std::ptrdiff_t>(fired_count, kRemembered);
  return std::find(fired.begin(), end, day) != end;
}

void Schedule::Entry::remember(std::int32_t day) {
  fired[fired_count % kRemembered] = day;
  // Beyond the ring's size only the count's remainder matters.
  fired_count = fired_count + 1 == 2 * kRemembered ? kRemembered : fired_count + 1;
}

void Schedule::put(const Timing& timing, std::int64_t since_us) {
  remove(timing.number);
  Entry& entry = entries_[timing.number];
  entry.timing = timing;
  entry.since_us = since_us;
  unseen_.insert(timing.number);
  wait_after(entry, last_us_ ? std::max(since_us, *last_us_) : since_us);
}

void Schedule::remove(std::uint32_t number) {
  const auto found = entries_.find(number);
  if (found == entries_.end()) return;
  wait_for(found->second, std::nullopt);
  unseen_.erase(number);
  entries_.erase(found);
}

void Schedule::fired_before(std::uint32_t number, std::int32_t day) {
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second.has_fired(day)) return;
  Entry& entry = found->second;
  entry.remember(day);
  wait_for(entry, first_unfired(entry, entry.next));
}

void Schedule::set_place(Place place, std::int64_t now_us) {
  place_ = std::move(place);
  if (last_us_) {
    last_us_ = std::clamp(now_us, kFirstUs, kLastUs);
    return all_anew(*last_us_);
  }
  // Nothing was asked yet: what was missed before this start is still to be told.
  for (auto& [number, entry] : entries_) wait_after(entry, entry.since_us);
}

std::optional<std::int64_t> Schedule::next_us() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

std::vector<Schedule::Due> Schedule::take_due(std::int64_t now_us, std::int64_t grace_us) {
  now_us = std::clamp(now_us, kFirstUs, kLastUs);
  grace_us = std::clamp(grace_us, kLeastGraceUs, kLookBackUs);
  std::vector<Due> due;
  if (last_us_ && now_us < *last_us_) {
    all_anew(now_us);
  } else {
    for (const std::uint32_t number : unseen_)
      if (Entry& entry = entries_.at(number); entry.since_us > now_us) wait_after(entry, now_us);
    while (!waiting_.empty() && waiting_.begin()->first <= now_us)
      collect(entries_.at(waiting_.begin()->second), now_us, grace_us, due);
  }
  unseen_.clear();
  last_us_ = now_us;
  std::sort(due.begin(), due.end(), [](const Due& a, const Due& b) {
    return std::tie(a.occasion.at_us, a.number, a.occasion.day) <
           std::tie(b.occasion.at_us, b.number, b.occasion.day);
  });
  return due;
}

// Hands out what is due of one program, and lets it wait for what comes after.
void Schedule::collect(Entry& entry, std::int64_t now_us, std::int64_t grace_us, std::vector<Due>& due) {
  std::int64_t after_us = now_us - kLookBackUs;
  if (last_us_) after_us = std::max(after_us, *last_us_);
  if (entry.since_us <= now_us) after_us = std::max(after_us, entry.since_us);
  auto occasion = next_after(entry.timing, place_, after_us);
  for (; occasion && occasion->at_us <= now_us; occasion = next_after(entry.timing, place_, *occasion)) {
    if (entry.has_fired(occasion->day)) continue;
    entry.remember(occasion->day);
    due.push_back({entry.timing.number, *occasion, now_us - occasion->at_us > grace_us});
  }
  wait_for(entry, first_unfired(entry, occasion));
}

std::vector<Occasion> Schedule::upcoming(std::uint32_t number, std::int64_t now_us, std::size_t count) {
  std::vector<Occasion> list;
  const auto found = entries_.find(number);
  if (found == entries_.end()) return list;
  const Entry& entry = found->second;
  auto occasion = first_unfired(entry, next_after(entry.timing, place_, now_us));
  while (occasion && list.size() < count) {
    list.push_back(*occasion);
    occasion = first_unfired(entry, next_after(entry.timing, place_, *occasion));
  }
  return list;
}

std::string Schedule::why_never(std::uint32_t number, std::int64_t now_us) {
  const auto found = entries_.find(number);
  if (found == entries_.end()) return {};
  return core::why_never(found->second.timing, place_, now_us);
}

// The occasion, or the first after it whose date hasn't fired.
std::optional<Occasion> Schedule::first_unfired(const Entry& entry, std::optional<Occasion> occasion) {
  while (occasion && entry.has_fired(occasion->day)) occasion = next_after(entry.timing, place_, *occasion);
  return occasion;
}

void Schedule::wait_for(Entry& entry, std::optional<Occasion> next) {
  if (entry.next == next) return;
  if (entry.next) waiting_.erase({entry.next->at_us, entry.timing.number});
  entry.next = next;
  if (entry.next) waiting_.emplace(entry.next->at_us, entry.timing.number);
}

void Schedule::wait_after(Entry& entry, std::int64_t after_us) {
  wait_for(entry, first_unfired(entry, next_after(entry.timing, place_, after_us)));
}

void Schedule::all_anew(std::int64_t after_us) {
  for (auto& [number, entry] : entries_) wait_after(entry, after_us);
}

}  // namespace hearth::core
