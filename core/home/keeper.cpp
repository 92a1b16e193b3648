// What becomes of a change that the store turns away.
#include "core/home/keeper.hpp"

namespace hearth::core {

namespace {

struct KeyOf {
  using Key = std::pair<int, std::string>;
  Key operator()(const store::PutDevice& c) const { return {0, std::to_string(c.row.number)}; }
  Key operator()(const store::RemoveDevice& c) const { return {0, std::to_string(c.number)}; }
  Key operator()(const store::PutGroup& c) const { return {1, std::to_string(c.row.number)}; }
  Key operator()(const store::RemoveGroup& c) const { return {1, std::to_string(c.number)}; }
  Key operator()(const store::PutPluginData& c) const { return {2, c.key}; }
  Key operator()(const store::RemovePluginData& c) const { return {2, c.key}; }
  Key operator()(const store::PutSetting& c) const { return {3, c.key}; }
  Key operator()(const store::RemoveSetting& c) const { return {3, c.key}; }
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

void Keeper::answered(Write& write, const Status& status) {
  if (const auto newest = newest_.find(write.key); newest != newest_.end() && newest->second == write.sequence) {
    newest_.erase(newest);
    if (!status.ok() && status.error().code == ErrorCode::kBusy && turned_away_.size() < kMost) {
      turned_away_.insert_or_assign(write.key, std::move(write.change));
      if (timer_ == 0)
        loop_.timer(
            kAgainUs, 0, [](void* self) { static_cast<Keeper*>(self)->offer_again(); }, this, &timer_);
    } else if (!status.ok() && status.error().code != ErrorCode::kFailed && status.error().code != ErrorCode::kCancelled) {
      log_.error("a change is lost to the store: " + status.error().words);
    }
  }
  if (const auto done = std::exchange(write.done, {})) done(status);  // it ends here, not on the store's thread
}

void Keeper::offer_again() {
  timer_ = 0;
  for (auto& [key, change] : std::exchange(turned_away_, {})) write(std::move(change));
}

}  // namespace hearth::core
