// Facts: the standing messages, kept so that a new subscriber gets the present ones first.
#ifndef HEARTH_CORE_HOME_FACTS_HPP
#define HEARTH_CORE_HOME_FACTS_HPP

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/message.hpp"

namespace hearth::core {

// [home]
class Facts {
 public:
  Facts();

  // A number that no other fact of this run has. Nobody can foresee it, so no plugin can name things such
  // that the fact of another is taken for its own, here or in a full queue.
  std::uint64_t new_number();
  // The number of what a text names, the same until it is forgotten.
  std::uint64_t number(hearth_type type, const std::string& subject);

  // Keeps `message` in place of the one with the same fact number.
  void put(const Message& message);
  void remove(hearth_type type, std::uint64_t fact);
  void forget(hearth_type type, const std::string& subject);
  // Null if there is none.
  const Message* find(hearth_type type, std::uint64_t fact) const;

  // `use(message)` for each fact of `type`; of every type when it is 0, in the order in which the types came
  // first: devices before their states.
  template <class Use>
  void for_each(hearth_type type, Use use) const {
    for (const auto& [each, facts] : facts_)
      if (type == 0 || type == each)
        for (const auto& [number, message] : facts) use(message);
  }

 private:
  using OfType = std::map<std::uint64_t, Message>;

  std::vector<std::pair<hearth_type, OfType>> facts_;
  std::map<std::pair<hearth_type, std::string>, std::uint64_t> numbers_;
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

}  // namespace hearth::core

#endif
