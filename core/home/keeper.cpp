// What becomes of a change that the store turns away.
#include "core/home/keeper.hpp"

namespace hearth::core {

namespace {

constexpr int kDevice = 0, kGroup = 1, kProgram = 2, kFiring = 3, kData = 4, kSetting = 5, kTogether = 6;

struct KeyOf {
  using Key = std::pair<int, std::string>;
  Key operator()(const store::PutDevice& c) const { return {kDevice, std::to_string(c.row.number)}; }
  Key operator()(const store::RemoveDevice& c) const { return {kDevice, std::to_string(c.number)}; }
  Key operator()(const store::PutGroup& c) const { return {kGroup, std::to_string(c.row.number)}; }
  Key operator()(const store::RemoveGroup& c) const { return {kGroup, std::to_string(c.number)}; }
  Key operator()(const store::PutProgram& c) const { return {kProgram, std::to_string(c.row.number)}; }
  Key operator()(const store::RemoveProgram& c) const { return {kProgram, std::to_string(c.number)}; }
  Key operator()(const store::PutFiring& c) const {
    return {kFiring, std::to_string(c.row.program) + "/" + std::to_string(c.row.day)};
  }
  Key operator()(const store::PutTogether& c) const {
    const auto& d = c.devices;
    return {kTogether, d.empty() ? std::string() : std::to_string(d.front().row.number)};
  }
  Key operator()(const store::PutPluginData& c) const { return {kData, c.key}; }
  Key operator()(const store::RemovePluginData& c) const { return {kData, c.key}; }
  Key operator()(const store::PutSetting& c) const { return {kSetting, c.key}; }
  Key operator()(const store::RemoveSetting& c) const { return {kSetting, c.key}; }
};

}  // namespace

Keeper::Key Keeper::key_of(const store::Change& change) { return std::visit(KeyOf(), change); }

void Keeper::write(store::Change change, Done done) {
  const auto key = key_of(change);
  turned_away_.erase(key);
  newest_[key] = ++sequence_;
  const auto write = std::make_shared<Write>(Write{key, sequence_, change, std::move(done)});
  const std::weak_ptr<int> alive = alive_;
  store_.write(std::move(change), [this, &loop = loop_, alive, write](const Status& status) {
    loop.post([this, alive, write, status] {
      if (!alive.expired()) answered(*write, status);
    });
  });
}

// A group or a program is wrong for the store as long as one of its devices still waits.
bool Keeper::may_pass(const Key& key, ErrorCode code) const {
  const auto devices_wait = [](const auto& changes) {
    return !changes.empty() && changes.begin()->first.first == kDevice;
  };
  return code == ErrorCode::kBusy ||
         (code == ErrorCode::kInvalid && (key.first == kGroup || key.first == kProgram) &&
          (devices_wait(turned_away_) || devices_wait(newest_)));
}

void Keeper::answered(Write& write, const Status& status) {
  const auto newest = newest_.find(write.key);
  if (newest != newest_.end() && newest->second == write.sequence) {
    newest_.erase(newest);
    if (!status.ok()) not_taken(write, status.error());
  }
  if (const auto done = std::exchange(write.done, {}))
    done(status);  // it ends here, not on the store's thread
}

void Keeper::not_taken(Write& write, const Error& why) {
  if (why.code == ErrorCode::kFailed || why.code == ErrorCode::kCancelled)
    return;                                  // the store keeps it, or has ended
  if (write.key.first == kTogether) return;  // its writer goes on with the parts
  if (!may_pass(write.key, why.code) || turned_away_.size() >= kMost)
    return log_.error("a change is lost to the store: " + why.words);
  turned_away_.insert_or_assign(write.key, std::move(write.change));
  if (timer_ != 0) return;
  loop_.timer(
      kAgainUs, 0, [](void* self) { static_cast<Keeper*>(self)->offer_again(); }, this, &timer_);
}

void Keeper::offer_again() {
  timer_ = 0;
  for (auto& [key, change] : std::exchange(turned_away_, {})) write(std::move(change));
}

}  // namespace hearth::core
