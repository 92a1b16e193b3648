// The names that the protocol has always accepted.
#include "manufacturers.hpp"

#include <algorithm>
#include <array>

namespace hearth::athome {

namespace {

struct Name {
  std::string_view said, driver;
};

constexpr std::array kNames{
    Name{"tplink", "tplink"},
    Name{"hs100", "tplink"},
    Name{"hs103", "tplink"},
    Name{"hs105", "tplink"},
    Name{"hs107", "tplink"},
    Name{"hs110", "tplink"},
    Name{"hs200", "tplink"},
    Name{"hs210", "tplink"},
    Name{"hs220", "tplink"},
    Name{"smartplug", "tplink"},
    Name{"smartswitch", "tplink"},
    Name{"smartbulb", "tplink"},
    Name{"meross", "meross"},
    Name{"mss110", "meross"},
    Name{"msl120", "meross"},
    Name{"mss620", "meross"},
    Name{"x10", "x10"},
    Name{"x10-appliance", "x10"},
    Name{"x10-lamp", "x10"},
    Name{"dummy", "simulated"},
    Name{"simulated", "simulated"},
};

}  // namespace

std::string lower_case(std::string_view ascii) {
  std::string lower(ascii);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::optional<std::string> driver_of(std::string_view manufacturer, const IsDriver& is_driver) {
  auto said = lower_case(manufacturer);
  const auto known =
      std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.said == said; });
  if (known != kNames.end()) return std::string(known->driver);
  if (is_driver(said)) return said;
  return std::nullopt;
}

}  // namespace hearth::athome
