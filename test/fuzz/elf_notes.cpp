// Fuzzed: the reader of the notes in a plugin's file. Input: the file.
#include "core/host/elf_notes.hpp"

#include "test/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hearth::fuzz::require;
  static hearth::fuzz::MemoryFile file;
  file.fill({reinterpret_cast<const char*>(data), size});
  const auto notes = hearth::core::read_elf_notes(file.fd());
  if (!notes.ok()) {
    require(!notes.error().words.empty(), "a refusal has words");
    return 0;
  }
  std::size_t messages = 0;
  for (const auto& schema : notes->messages) messages += schema.size();
  require(notes->manifest.size() <= size && notes->schema.size() <= size && messages <= size * size,
          "notes are parts of the file");
  return 0;
}
