// Facts: the standing messages, kept so that a new subscriber gets the present ones first.
#ifndef HEARTH_CORE_HOME_FACTS_HPP
#define HEARTH_CORE_HOME_FACTS_HPP

#include <map>
#include <unordered_map>

#include "core/bus/message.hpp"

namespace hearth::core {

// [home]
class Facts {
 public:
  // Keeps `message` in place of the one with the same fact number.
  void put(const Message& message) { facts_[message.type][message.fact] = message; }
  void remove(hearth_type type, std::uint64_t fact) {
    if (const auto of_type = facts_.find(type); of_type != facts_.end()) of_type->second.erase(fact);
  }

  // `use(message)` for each fact of `type`; of every type when it is 0.
  template <class Use>
  void for_each(hearth_type type, Use use) const {
    for (const auto& [each, facts] : facts_)
      if (type == 0 || type == each)
        for (const auto& [number, message] : facts) use(message);
  }

 private:
  std::unordered_map<hearth_type, std::map<std::uint64_t, Message>> facts_;
};

}  // namespace hearth::core

#endif
