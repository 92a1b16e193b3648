// Library: a plugin's mapped file, and the truth about whether it could be unmapped again.
#ifndef HEARTH_CORE_HOST_LIBRARY_HPP
#define HEARTH_CORE_HOST_LIBRARY_HPP

#include <filesystem>
#include <memory>

#include "hearth/abi.h"
#include "hearth/status.hpp"

namespace hearth::core {

class Library {
 public:
  Library();
  ~Library();

  // Maps the file (its constructors run), finds hearth_plugin_entry and its table, and checks that the table
  // is whole. [plugin's thread]
  Result<const hearth_plugin*> open(const std::filesystem::path& file);

  // Unmaps it. True: it is gone; false: something of it is still in use and it stays mapped.
  bool close();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace hearth::core

#endif
