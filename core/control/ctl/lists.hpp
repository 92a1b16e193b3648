// What the commands of the house share: walking lists, printing tables, passing a call on.
#ifndef HEARTH_CORE_CONTROL_CTL_LISTS_HPP
#define HEARTH_CORE_CONTROL_CTL_LISTS_HPP

#include <Poco/JSON/Array.h>

#include <string>
#include <string_view>

#include "core/control/ctl/ctl.hpp"
#include "core/control/ctl/table.hpp"

namespace hearth::core::ctl {

// Calls `each` for the objects of a list; other things in it are passed over.
template <class Each>
void for_each_object(const Poco::Dynamic::Var& list, Each each) {
  if (list.type() != typeid(Poco::JSON::Array::Ptr)) return;
  for (const auto& item : *list.extract<Poco::JSON::Array::Ptr>())
    if (item.type() == typeid(Poco::JSON::Object::Ptr)) each(*item.extract<Poco::JSON::Object::Ptr>());
}

// Calls `method` and shows what it answers.
inline int pass(Ctl& ctl, const std::string& method, const Poco::JSON::Object::Ptr& params = {}) {
  const auto result = ctl.call(method, params);
  return result ? ctl.show(*result) : ctl.status();
}

inline int print_table(Ctl& ctl, const Table& table, std::string_view none) {
  ctl.print(table.empty() ? std::string(none) + "\n" : table.text(ctl.coloured()));
  return kOk;
}

}  // namespace hearth::core::ctl

#endif
