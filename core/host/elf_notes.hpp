// Reads what a plugin says of itself out of its file, without running a line of it.
#ifndef HEARTH_CORE_HOST_ELF_NOTES_HPP
#define HEARTH_CORE_HOST_ELF_NOTES_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

// The notes of owner "hearth" in the PT_NOTE segments of an ELF file (System V ABI, "Note Section"; elf(5)).
struct ElfNotes {
  std::string manifest;               // type 1, plugin.json
  std::string schema;                 // type 2, config.schema.json
  std::vector<std::string> messages;  // type 3, binary FlatBuffers schemas
  std::uint32_t abi_major = 0;        // type 4
  std::uint32_t abi_minor = 0;
};

// `fd` is an open regular file; only pread is used on it. Errors say in words what it is instead of a plugin
// for this machine.
Result<ElfNotes> read_elf_notes(int fd);

}  // namespace hearth::core

#endif
