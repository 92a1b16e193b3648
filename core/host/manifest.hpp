// Manifest: what plugin.json says, checked.
#ifndef HEARTH_CORE_HOST_MANIFEST_HPP
#define HEARTH_CORE_HOST_MANIFEST_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

struct Manifest {
  struct Verb {
    std::string name, args, help;
    std::size_t files = 0;  // so many of its arguments, the first that are no options, name files; up to 8
  };

  std::string id;                        // [a-z][a-z0-9_]{0,63}; "server", "core" and "control" are taken
  std::string kind;                      // driver, protocol or service
  std::string version;                   // up to 64 bytes
  std::string summary;                   // one line
  std::vector<std::string> permissions;  // wanted: "net:lan", "files:/etc/…", "gpio", "bus:…"
  std::vector<std::string> answers;      // full names of request types
  std::string word;                      // `hearthctl WORD VERB`; empty: none
  std::vector<Verb> verbs;
  std::size_t workers = 4;  // threads for what may block, 1 to 32

  bool takes_files() const;

  // `text` is hostile. An unknown key is an error that names it.
  static Result<Manifest> parse(std::string_view text);
};

}  // namespace hearth::core

#endif
