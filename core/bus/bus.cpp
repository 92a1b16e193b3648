// Looking up a type's subscribers, and keeping the table sound while it is walked.
#include "core/bus/bus.hpp"

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
  if (++used_ * 2 > topics_.size()) {
    auto old = std::exchange(topics_, std::vector<std::unique_ptr<Topic>>(topics_.size() * 2));
    for (auto& topic : old)
      if (topic) topics_[place(topic->type)] = std::move(topic);
  }
  auto& fresh = topics_[place(type)];
  fresh = std::make_unique<Topic>(Topic{type, {}});
  return *fresh;
}

void Bus::subscribe(hearth_type type, Sink& sink, std::uint64_t subscription) {
  auto& list = type == kEveryType ? to_everything_ : topic(type).subscribers;
  list.push_back({&sink, subscription});
}

template <class Match>
std::size_t Bus::end_if(Match match) {
  std::size_t count = 0;
  const auto sweep = [&](std::vector<Subscriber>& list) {
    for (auto& s : list)
      if (s.sink && match(s)) {
        s.sink = nullptr;
        ++count;
      }
    if (!delivering_) std::erase_if(list, [](const Subscriber& s) { return !s.sink; });
  };
  for (auto& topic : topics_)
    if (topic) sweep(topic->subscribers);
  sweep(to_everything_);
  ended_ = ended_ || (count > 0 && delivering_);
  return count;
}

bool Bus::unsubscribe(const Sink& sink, std::uint64_t subscription) {
  return end_if([&](const Subscriber& s) { return s.sink == &sink && s.subscription == subscription; }) > 0;
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
