// The note reader on a real plugin, and on damaged copies of it.
#include "core/host/elf_notes.hpp"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "hearth/abi.h"
#include "test/bad_plugins/altered.hpp"

using namespace hearth;
using hearth::core::ElfNotes;
using hearth::test::Altered;

namespace {

const Altered& sample() {
  static const Altered file{std::filesystem::path(SAMPLE)};
  return file;
}

Result<ElfNotes> notes_of(const std::string& bytes) {
  const int fd = memfd_create("plugin", MFD_CLOEXEC);
  REQUIRE(fd >= 0);
  REQUIRE(write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  auto notes = core::read_elf_notes(fd);
  close(fd);
  return notes;
}

// The number of that many bytes at that place becomes `value`.
std::string with(std::size_t place, std::size_t size, std::uint64_t value) {
  auto bytes = sample().bytes();
  REQUIRE(place + size <= bytes.size());
  std::memcpy(bytes.data() + place, &value,
              size);  // little-endian, as all machines that plugins are built for
  return bytes;
}

struct Field {
  const char* name;
  std::size_t place, size;
};

constexpr std::uint64_t kOdd[] = {0,          1,          3,          0x7f,
                                  0xff,       0x1000,     0xffff,     0x10000,
                                  0x7fffffff, 0x80000000, 0xffffffff, 0xffffffff00000000,
                                  ~0ull >> 1, 1ull << 63, ~0ull - 3,  ~0ull};

#define FIELD(Struct, field) \
  Field { #field, offsetof(Struct, field), sizeof(Struct::field) }
const Field kHeader[] = {
    FIELD(ElfW(Ehdr), e_type),    FIELD(ElfW(Ehdr), e_machine),   FIELD(ElfW(Ehdr), e_version),
    FIELD(ElfW(Ehdr), e_entry),   FIELD(ElfW(Ehdr), e_phoff),     FIELD(ElfW(Ehdr), e_shoff),
    FIELD(ElfW(Ehdr), e_flags),   FIELD(ElfW(Ehdr), e_ehsize),    FIELD(ElfW(Ehdr), e_phentsize),
    FIELD(ElfW(Ehdr), e_phnum),   FIELD(ElfW(Ehdr), e_shentsize), FIELD(ElfW(Ehdr), e_shnum),
    FIELD(ElfW(Ehdr), e_shstrndx)};
const Field kSegment[] = {FIELD(ElfW(Phdr), p_type),   FIELD(ElfW(Phdr), p_flags),
                          FIELD(ElfW(Phdr), p_offset), FIELD(ElfW(Phdr), p_vaddr),
                          FIELD(ElfW(Phdr), p_filesz), FIELD(ElfW(Phdr), p_memsz),
                          FIELD(ElfW(Phdr), p_align)};
#undef FIELD

}  // namespace

TEST_CASE("a plugin's notes are its manifest, its schema and its ABI") {
  const auto notes = notes_of(sample().bytes());
  REQUIRE(notes.ok());
  CHECK(notes->manifest.find("\"id\": \"sample\"") != std::string::npos);
  CHECK(notes->schema.find("volume") != std::string::npos);
  CHECK(notes->messages.empty());
  CHECK(notes->abi_major == HEARTH_ABI_MAJOR);
  CHECK(notes->abi_minor == HEARTH_ABI_MINOR);
}

TEST_CASE("every field of the file's header may be wrong") {
  for (const auto& field : kHeader)
    for (const auto value : kOdd) {
      INFO(field.name << " = " << value);
      const auto notes = notes_of(with(field.place, field.size, value));
      if (notes.ok())
        CHECK_FALSE(notes->manifest.empty());
      else
        CHECK_FALSE(notes.error().words.empty());
    }
}

TEST_CASE("every byte of the file's magic and kind matters") {
  for (std::size_t place = 0; place <= EI_DATA; ++place) CHECK_FALSE(notes_of(with(place, 1, 0x55)).ok());
}

TEST_CASE("every field of every program header may be wrong") {
  ElfW(Ehdr) header;
  std::memcpy(&header, sample().bytes().data(), sizeof header);
  for (std::size_t i = 0; i < header.e_phnum; ++i)
    for (const auto& field : kSegment)
      for (const auto value : kOdd) {
        INFO("segment " << i << ": " << field.name << " = " << value);
        const auto notes =
            notes_of(with(header.e_phoff + i * sizeof(ElfW(Phdr)) + field.place, field.size, value));
        if (!notes.ok()) CHECK_FALSE(notes.error().words.empty());
      }
}

TEST_CASE("a note's sizes may be wrong") {
  const auto owner = sample().bytes().find(std::string("hearth\0", 7), 12);
  REQUIRE(owner != std::string::npos);
  for (const auto value : kOdd) {
    CHECK_FALSE(notes_of(with(owner - 12, 4, value & 0xffffff00u ? value : 200)).ok());
    (void)notes_of(with(owner - 8, 4, value));
    if (value > 4) CHECK_FALSE(notes_of(with(owner - 4, 4, value)).ok());
  }
}

TEST_CASE("a file cut off anywhere is refused") {
  const auto& bytes = sample().bytes();
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 50) {
    INFO(size << " of " << bytes.size());
    CHECK_FALSE(notes_of(bytes.substr(0, size)).ok());
  }
  CHECK_FALSE(notes_of(bytes.substr(0, bytes.size() - 1)).ok());
}

TEST_CASE("a note that stands there twice, or one of an unknown type, is refused") {
  const auto twice = notes_of(sample().without_note(2).in_note(4, 0, 1).bytes());
  CHECK(twice.error().words == "it has no configuration schema");
  const auto owner = sample().bytes().find(std::string("hearth\0", 7), 12);
  for (const std::uint64_t type : {2, 4, 5, 77}) {  // the manifest's note comes first
    const auto notes = notes_of(with(owner - 4, 4, type));
    INFO(type);
    CHECK_FALSE(notes.ok());
  }
}

TEST_CASE("a thousand random corruptions are refused or read as something") {
  std::mt19937 random(20240229);
  std::size_t refused = 0;
  for (int round = 0; round < 1000; ++round) {
    auto bytes = sample().bytes();
    const auto how_many = 1 + random() % 16;
    // Half of them where it hurts: among the headers and the notes.
    const auto range = round % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 4096);
    for (std::size_t i = 0; i < how_many; ++i) bytes[random() % range] = static_cast<char>(random());
    if (!notes_of(bytes).ok()) ++refused;
  }
  CHECK(refused > 100);
}

TEST_CASE("what can't be read at all is refused") {
  CHECK_FALSE(core::read_elf_notes(-1).ok());
  CHECK_FALSE(notes_of("").ok());
  CHECK_FALSE(notes_of(std::string(100'000, '\0')).ok());
}
