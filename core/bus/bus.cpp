// Looking up a type's subscribers, and keeping the table sound while it is walked.
#include "core/bus/bus.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace hearth::core {

Bus::Bus() : topics_(64) {}

inline std::size_t Bus::place(hearth_type type) const {
  const std::size_t mask = topics_.size() - 1;
  std::size_t i = type & mask;
  while (topics_[i] && topics_[i]->type != type) i = (i + 1) & mask;
  return i;
}

Bus::Topic& Bus::topic(hearth_type type) {
  if (const auto& known = topics_[place(type)]) return *known;
  if (++used_ * 2 > topics_.size()) grow();
  auto& fresh = topics_[place(type)];
  fresh = std::make_unique<Topic>(Topic{type, {}});
  return *fresh;
}

// Topics that nobody listens to any more are left out, and only then is there a larger table, if it must be.
void Bus::grow() {
  auto old = std::move(topics_);
  if (!delivering_)
    std::erase_if(old, [](const auto& topic) { return !topic || topic->subscribers.empty(); });
  const auto left = static_cast<std::size_t>(
      std::count_if(old.begin(), old.end(), [](const auto& topic) { return topic != nullptr; }));
  topics_ = std::vector<std::unique_ptr<Topic>>(std::bit_ceil(std::max<std::size_t>(64, (left + 1) * 4)));
  for (auto& topic : old)
    if (topic) topics_[place(topic->type)] = std::move(topic);
  used_ = left + 1;
}

void Bus::subscribe(hearth_type type, Sink& sink, std::uint64_t subscription) {
  auto& list = type == kEveryType ? to_everything_ : topic(type).subscribers;
  list.push_back({&sink, subscription});
}

template <class Match>
std::size_t Bus::end_if(std::vector<Subscriber>& list, Match match) {
  std::size_t count = 0;
  for (auto& s : list)
    if (s.sink && match(s)) {
      s.sink = nullptr;
      ++count;
    }
  if (!delivering_) std::erase_if(list, [](const Subscriber& s) { return !s.sink; });
  ended_ = ended_ || (count > 0 && delivering_);
  return count;
}

template <class Match>
std::size_t Bus::end_if(Match match) {
  std::size_t count = end_if(to_everything_, match);
  for (auto& topic : topics_)
    if (topic) count += end_if(topic->subscribers, match);
  return count;
}

bool Bus::unsubscribe(hearth_type type, const Sink& sink, std::uint64_t subscription) {
  const auto is_it = [&](const Subscriber& s) { return s.sink == &sink && s.subscription == subscription; };
  if (type == kEveryType) return end_if(to_everything_, is_it) > 0;
  const auto& topic = topics_[place(type)];
  return topic && end_if(topic->subscribers, is_it) > 0;
}

void Bus::remove(const Sink& sink) {
  end_if([&](const Subscriber& s) { return s.sink == &sink; });
}

// By index: the list may grow under a delivery, and whoever comes in meanwhile isn't reached by this message.
inline void Bus::deliver(const std::vector<Subscriber>& subscribers, const Message& message) {
  const std::size_t n = subscribers.size();
  if (n > Body::kSpare) message.body.expect_copies(static_cast<std::uint32_t>(n));
  for (std::size_t i = 0; i < n; ++i)
    if (const auto s = subscribers[i]; s.sink) s.sink->deliver(message, s.subscription);
}

void Bus::publish(const Message& message) {
  const bool outermost = !std::exchange(delivering_, true);
  if (const auto& topic = topics_[place(message.type)]) deliver(topic->subscribers, message);
  if (!to_everything_.empty()) deliver(to_everything_, message);
  if (!outermost) return;
  delivering_ = false;
  if (ended_) sweep();
}

void Bus::sweep() {
  ended_ = false;
  end_if([](const Subscriber&) { return false; });
}

std::size_t Bus::subscribers(hearth_type type) const {
  const auto& topic = topics_[place(type)];
  return topic ? topic->subscribers.size() : 0;
}

}  // namespace hearth::core
