// Opens hearth.db whatever state it is in: a corrupt one is set aside and the last good copy takes its place.
#ifndef HEARTH_CORE_STORE_RECOVERY_HPP
#define HEARTH_CORE_STORE_RECOVERY_HPP

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/store/database.hpp"
#include "core/store/folder.hpp"
#include "core/store/rows.hpp"
#include "core/store/schema.hpp"
#include "hearth/status.hpp"

namespace hearth::store {

struct Opened {
  std::unique_ptr<Database> database;
  Snapshot snapshot;
};

// What was lost and kept is said through `problem`. Error: the place is at fault, or the file is a newer
// server's; then nothing was moved.
Result<Opened> open_or_recover(const Folder& folder, const std::vector<Migration>& migrations,
                               const std::function<void(std::string)>& problem);

}  // namespace hearth::store

#endif
