// Collected, compared, sent.
#include "state_push.hpp"

#include <utility>

#include "common/json_values.hpp"
#include "hearth/net/json.hpp"

namespace hearth::interlock {

namespace {

std::size_t hash_of(const boost::json::object& shown) {
  return std::hash<std::string>()(net::json::to_text(shown));
}

}  // namespace

void StatePush::begin(Remote& remote) {
  end();
  remote_ = &remote;
  for (const auto& [id, device] : devices_) known_[id] = hash_of(protocols::shown(device, true));
}

void StatePush::end() {
  remote_ = nullptr;
  timer_.reset();
  changed_.clear();
  known_.clear();
}

void StatePush::changed(const std::string& device) {
  if (!remote_) return;
  changed_.insert(device);
  if (!timer_) timer_ = after_(kTogether, [this] { flush(); });
}

void StatePush::flush() {
  timer_.reset();
  while (!changed_.empty()) {
    if (remote_->queued() > kMostQueued) {
      timer_ = after_(kLater, [this] { flush(); });
      return;
    }
    const auto id = changed_.extract(changed_.begin()).value();
    const auto device = devices_.find(id);
    if (device == devices_.end()) continue;
    auto shown = protocols::shown(device->second, true);
    const auto hash = hash_of(shown);
    if (const auto known = known_.find(id); known != known_.end() && known->second == hash) continue;
    known_[id] = hash;
    remote_->push({{"t", "MSG"}, {"mt", "state"}, {"m", std::move(shown)}});
  }
}

}  // namespace hearth::interlock
