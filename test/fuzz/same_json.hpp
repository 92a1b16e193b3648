// same(): JSON that was written and read again.
#ifndef HEARTH_TEST_FUZZ_SAME_JSON_HPP
#define HEARTH_TEST_FUZZ_SAME_JSON_HPP

#include <algorithm>
#include <boost/json/value.hpp>

namespace hearth::fuzz {

// Equal, whichever kind a number was read as: 5.0 is written as 5, and -0.0 as -0.
inline bool same(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_number() && b.is_number())
    return a.is_double() || b.is_double() ? a.to_number<double>() == b.to_number<double>() : a == b;
  if (a.is_array() && b.is_array()) {
    const auto &left = a.get_array(), &right = b.get_array();
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto &left = a.get_object(), &right = b.get_object();
  return left.size() == right.size() && std::all_of(left.begin(), left.end(), [&](const auto& each) {
           const auto* other = right.if_contains(each.key());
           return other && same(each.value(), *other);
         });
}

}  // namespace hearth::fuzz

#endif
