// Whether the table that a library has handed out is one that may be called.
#ifndef HEARTH_CORE_RUNTIME_PLUGIN_TABLE_HPP
#define HEARTH_CORE_RUNTIME_PLUGIN_TABLE_HPP

#include <cstddef>

#include "hearth/abi.h"
#include "hearth/status.hpp"

namespace hearth::core {

// `entry` is the library's hearth_plugin_entry. [plugin's thread]
inline Result<const hearth_plugin*> table_of(const hearth_plugin* (*entry)(std::uint32_t)) {
  const hearth_plugin* table = entry(HEARTH_ABI_MAJOR);
  if (!table) return Error{ErrorCode::kInvalid, "it was not built for this ABI"};
  if (table->abi_major != HEARTH_ABI_MAJOR || table->abi_minor > HEARTH_ABI_MINOR)
    return Error{ErrorCode::kInvalid, "its table is of another ABI"};
  if (table->size < offsetof(hearth_plugin, extension))
    return Error{ErrorCode::kInvalid, "its table is too short"};
  if (!table->create || !table->start || !table->receive || !table->stop || !table->destroy)
    return Error{ErrorCode::kInvalid, "its table lacks a function"};
  return table;
}

}  // namespace hearth::core

#endif
