// Landlock: which files and folders this process may touch (landlock(7)).
#ifndef HEARTH_CORE_SANDBOX_LANDLOCK_HPP
#define HEARTH_CORE_SANDBOX_LANDLOCK_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

enum class FileUse {
  kList,    // the names in a folder and below it
  kRead,    // and what stands in the files
  kDevice,  // read, write and control one file or device
  kOwn,     // a folder to keep things in: files and folders are made, changed, moved about and removed
  kGranted  // the same, and devices in it are controlled
};

struct FileRule {
  std::string path;  // links are followed now: what they point to is meant
  FileUse use;
};

// The version of this kernel's Landlock (1 came with Linux 5.13), 0: it has none or it is switched off.
int landlock_version();

// [one thread] From now on this thread and those it starts open only what a rule allows, whoever runs them;
// what is open stays open. Without an own no-new-privileges bit it fails. A path that isn't there has no
// rule. Rights that this kernel doesn't know stay as they are. Only when landlock_version() > 0.
//
// Nothing may be executed, and no links, pipes, sockets or device files can be made anywhere: a planted link
// would lead whoever follows it later, with more rights, out of the folder.
Status restrict_files(const std::vector<FileRule>& rules);

}  // namespace hearth::core

#endif
