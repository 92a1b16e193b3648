// Numbering and keeping the standing messages.
#include "core/home/facts.hpp"

#include <algorithm>
#include <random>

namespace hearth::core {

namespace {

// The finalizer of SplitMix64: one to one, so different numbers stay different.
std::uint64_t mixed(std::uint64_t n) {
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
  n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
  return n ^ (n >> 31);
}

}  // namespace

Facts::Facts() {
  std::random_device random;
  seed_ = (std::uint64_t{random()} << 32) | random();
}

std::uint64_t Facts::new_number() {
  const auto number = mixed(seed_ + ++count_);
  return number != 0 ? number : new_number();
}

std::uint64_t Facts::number(hearth_type type, const std::string& subject) {
  auto& number = numbers_[{type, subject}];
  if (number == 0) number = new_number();
  return number;
}

void Facts::put(const Message& message) {
  auto of_type =
      std::find_if(facts_.begin(), facts_.end(), [&](const auto& f) { return f.first == message.type; });
  if (of_type == facts_.end()) of_type = facts_.insert(of_type, {message.type, {}});
  of_type->second[message.fact] = message;
}

void Facts::remove(hearth_type type, std::uint64_t fact) {
  for (auto& [each, facts] : facts_)
    if (each == type) facts.erase(fact);
}

void Facts::forget(hearth_type type, const std::string& subject) {
  const auto known = numbers_.find({type, subject});
  if (known == numbers_.end()) return;
  remove(type, known->second);
  numbers_.erase(known);
}

const Message* Facts::find(hearth_type type, std::uint64_t fact) const {
  for (const auto& [each, facts] : facts_)
    if (const auto message = facts.find(fact); each == type && message != facts.end())
      return &message->second;
  return nullptr;
}

}  // namespace hearth::core
