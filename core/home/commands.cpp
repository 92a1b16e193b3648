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

void Commands::submit(std::uint32_t device, const Command& command, const Origin& origin, Done done) {
  const Key key{device, command.capability};
  auto& lane = lanes_[key];
  if (lane.pending && lane.pending->command.value == command.value) {
    auto& askers = lane.pending->askers;
    if (askers.size() >= kMostAskers) return done(Outcome::kBusy, "too many wait for the same already");
    askers.push_back(std::move(done));
    return;
  }
  auto wish = make(key, command, origin, std::move(done));
  // While one lands its lane is empty, but the pending one is older and flies first.
  if (!lane.in_flight && !lane.pending) return fly(lane, std::move(wish));
  auto replaced = std::exchange(lane.pending, std::move(wish));
  if (replaced) end(std::move(replaced), Outcome::kSuperseded, "superseded by a newer command");
}

std::unique_ptr<Commands::Wish> Commands::make(const Key& key, const Command& command, const Origin& origin,
                                               Done done) {
  auto wish = std::make_unique<Wish>(Wish{this, key, origin, command, {}, 0});
  wish->askers.push_back(std::move(done));
  loop_.timer(
      std::int64_t{command.deadline_ms} * 1000, 0,
      [](void* arg) {
        auto& late = *static_cast<Wish*>(arg);
        late.commands->expired(late);
      },
      wish.get(), &wish->deadline);
  return wish;
}

void Commands::fly(Lane& lane, std::unique_ptr<Wish> wish) {
  const auto id = wish->origin.id;
  ids_[id] = wish->key;
  lane.in_flight = std::move(wish);
  const auto status = launch_(lane.in_flight->key.first, lane.in_flight->command, lane.in_flight->origin);
  if (!status.ok())
    land(lane, outcome_of(static_cast<hearth_status>(status.error().code)), status.error().words);
}

std::uint32_t Commands::device_of(std::uint64_t id) const {
  const auto known = ids_.find(id);
  return known == ids_.end() ? 0 : known->second.first;
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
  ids_.erase(wish->origin.id);
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

// All are taken out before the first is told, so that who submits again when told isn't ended with them.
void Commands::unreachable(std::uint32_t device, const std::string& words) {
  std::vector<std::unique_ptr<Wish>> wishes;
  for (auto lane = lanes_.lower_bound({device, ""}); lane != lanes_.end() && lane->first.first == device;) {
    if (lane->second.in_flight) {
      ids_.erase(lane->second.in_flight->origin.id);
      wishes.push_back(std::move(lane->second.in_flight));
    }
    if (lane->second.pending) wishes.push_back(std::move(lane->second.pending));
    lane = lanes_.erase(lane);
  }
  for (auto& wish : wishes) end(std::move(wish), Outcome::kUnreachable, words);
}

}  // namespace hearth::core
