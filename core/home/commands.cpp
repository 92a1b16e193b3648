// The lanes of commands. Every path ends a wish through end(), which tells everybody who asked.
#include "core/home/commands.hpp"

namespace hearth::core {

namespace {

Outcome outcome_of(hearth_status status) {
  switch (status) {
    case HEARTH_OK: return Outcome::kOk;
    case HEARTH_TIMEOUT: return Outcome::kTimeout;
    case HEARTH_BUSY: return Outcome::kBusy;
    case HEARTH_SUPERSEDED: return Outcome::kSuperseded;
    case HEARTH_UNREACHABLE:
    case HEARTH_STALE:
    case HEARTH_CANCELLED: return Outcome::kUnreachable;
    default: return Outcome::kError;
  }
}

}  // namespace

Commands::~Commands() {
  for (auto& [key, lane] : lanes_)
    for (auto* wish : {lane.in_flight.get(), lane.pending.get()})
      if (wish) loop_.cancel(wish->deadline);
}

void Commands::submit(std::uint32_t device, const Command& command, std::uint64_t id, Done done) {
  const Key key{device, command.capability};
  auto& lane = lanes_[key];
  if (lane.pending && lane.pending->command.value == command.value) {
    lane.pending->askers.push_back(std::move(done));
    return;
  }
  auto wish = std::make_unique<Wish>(Wish{this, key, id, command, {}, 0});
  wish->askers.push_back(std::move(done));
  loop_.timer(
      std::int64_t{command.deadline_ms} * 1000, 0,
      [](void* arg) {
        auto& late = *static_cast<Wish*>(arg);
        late.commands->expired(late);
      },
      wish.get(), &wish->deadline);
  if (!lane.in_flight) return fly(lane, std::move(wish));
  auto replaced = std::exchange(lane.pending, std::move(wish));
  if (replaced) end(std::move(replaced), Outcome::kSuperseded, "superseded by a newer command");
}

void Commands::fly(Lane& lane, std::unique_ptr<Wish> wish) {
  const auto id = wish->id;
  ids_[id] = wish->key;
  lane.in_flight = std::move(wish);
  const auto status = launch_(lane.in_flight->key.first, lane.in_flight->command, id);
  if (status == HEARTH_OK) return;
  answered(id, status, status == HEARTH_BUSY ? "its plugin is busy" : "its plugin isn't running");
}

bool Commands::answered(std::uint64_t id, hearth_status status, std::string_view words) {
  const auto known = ids_.find(id);
  if (known == ids_.end()) return false;
  land(lanes_[known->second], outcome_of(status), std::string(words));
  return true;
}

void Commands::expired(Wish& wish) {
  auto& lane = lanes_[wish.key];
  const std::string words = "no answer from the device in time";
  if (lane.in_flight.get() == &wish) return land(lane, Outcome::kTimeout, words);
  end(std::move(lane.pending), Outcome::kTimeout, words);
}

// The lane is free before anybody is told: whoever is told may submit again.
void Commands::land(Lane& lane, Outcome outcome, const std::string& words) {
  auto wish = std::move(lane.in_flight);
  const Key key = wish->key;
  ids_.erase(wish->id);
  end(std::move(wish), outcome, words);
  next(key);
}

void Commands::next(const Key& key) {
  const auto lane = lanes_.find(key);
  if (lane == lanes_.end() || lane->second.in_flight) return;
  if (lane->second.pending) return fly(lane->second, std::move(lane->second.pending));
  lanes_.erase(lane);
}

void Commands::end(std::unique_ptr<Wish> wish, Outcome outcome, const std::string& words) {
  loop_.cancel(wish->deadline);
  for (const auto& asker : wish->askers) asker(outcome, words);
}

void Commands::unreachable(std::uint32_t device, const std::string& words) {
  while (true) {
    const auto lane = lanes_.lower_bound({device, ""});
    if (lane == lanes_.end() || lane->first.first != device) return;
    auto in_flight = std::move(lane->second.in_flight);
    auto pending = std::move(lane->second.pending);
    lanes_.erase(lane);
    if (in_flight) ids_.erase(in_flight->id);
    if (in_flight) end(std::move(in_flight), Outcome::kUnreachable, words);
    if (pending) end(std::move(pending), Outcome::kUnreachable, words);
  }
}

}  // namespace hearth::core
