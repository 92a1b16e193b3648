// Arguments: the `args` of a request, read as liberally as the original server reads them.
#ifndef HEARTH_ATHOME_ARGUMENTS_HPP
#define HEARTH_ATHOME_ARGUMENTS_HPP

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::athome {

// Python's int(): 5, "5", " +5 ", "-60", 1.9 (1), true (1); not "1.0", "true", "", null.
Result<std::int64_t> to_integer(const boost::json::value& value);

// Failures are kInvalid and name the argument. [loop]
class Arguments {
 public:
  Arguments() = default;
  explicit Arguments(boost::json::object object) : object_(std::move(object)) {}

  bool has(std::string_view key) const { return find(key) != nullptr; }
  // As the client sent it, for echoing; null if it didn't.
  const boost::json::value* find(std::string_view key) const {
    return object_.if_contains({key.data(), key.size()});
  }

  Result<std::int64_t> integer(std::string_view key) const;
  Result<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max) const;
  // A number is taken as its text. At most 256 bytes, no control characters.
  Result<std::string> text(std::string_view key) const;

 private:
  boost::json::object object_;
};

}  // namespace hearth::athome

#endif
