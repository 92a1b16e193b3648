// Permissions: what a plugin may do, out of what its manifest asks for and the owner grants.
#ifndef HEARTH_CORE_SANDBOX_PERMISSIONS_HPP
#define HEARTH_CORE_SANDBOX_PERMISSIONS_HPP

#include <cstddef>
#include <string>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

inline constexpr std::size_t kMaxPermissions = 64;         // in a list, as written
inline constexpr std::size_t kMaxPermissionBytes = 4'096;  // of one text; paths end there (PATH_MAX)

// The words of a manifest and of the configuration. A plugin's own folder needs none.
//   "net"             internet sockets; "net:lan" and "net:wan" say what for, which is shown, not enforced
//   "gpio"            the pins of this machine
//   "bus:listen"      subscribe to what others say
//   "bus:command"     send commands and other requests
//   "bus:*"           both of these
//   "files:/folder"   read and write below it; one file or device will do too. An absolute path in its
//                     shortest form, not "/"
// Everything here: [any]; it looks at no file and touches nothing but its arguments.
struct Permissions {
  bool net = false;
  bool gpio = false;
  bool bus_listen = false;
  bool bus_command = false;
  std::vector<std::string> files;  // paths without "files:", sorted, each once

  // All that isn't named one by one: no list of folders stands for every folder. A packaged plugin that runs
  // in a process of its own gets its folders by grant(wanted, wanted).
  static Permissions everything();

  // kInvalid for a word or a path that can't be one. Texts may be hostile: what the error quotes is printable
  // and short.
  static Result<Permissions> parse(const std::vector<std::string>& texts);

  bool operator==(const Permissions&) const = default;
};

// Canonical: parse() of it is the same again, and equal permissions have equal texts.
std::vector<std::string> to_texts(const Permissions& permissions);

struct Granted {
  Permissions permissions;
  // Wanted and not granted, in the order of the manifest; "bus:*" as its parts.
  std::vector<std::string> refused;
};

// What of `wanted` (the manifest) stands in `granted` (the configuration): the same text, or "net" for
// "net:lan", "bus:*" for "bus:listen", "files:/a" for "files:/a/b". kInvalid as for parse().
Result<Granted> grant(const std::vector<std::string>& wanted, const std::vector<std::string>& granted);

}  // namespace hearth::core

#endif
