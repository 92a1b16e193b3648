// Manufacturers: which driver is meant by the names that AtHome clients use.
#ifndef HEARTH_ATHOME_MANUFACTURERS_HPP
#define HEARTH_ATHOME_MANUFACTURERS_HPP

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::athome {

// Is there a driver plugin of that id?
using IsDriver = std::function<bool(std::string_view)>;

// The driver's plugin id for a manufacturer ("TPLink"), a model ("hs110") or a driver's own id; none if
// nobody knows the name. Case doesn't matter. x10 is known though no driver is: such a device is kept and
// stays unreachable.
std::optional<std::string> driver_of(std::string_view manufacturer, const IsDriver& is_driver);

std::string lower_case(std::string_view ascii);

}  // namespace hearth::athome

#endif
