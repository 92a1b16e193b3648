// Every offset and size in the file is hostile: checked against limits before it is used.
#include "core/host/elf_notes.hpp"

#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace hearth::core {

namespace {

constexpr std::size_t kMaxNotes = 1024 * 1024;  // bytes of one PT_NOTE segment
constexpr std::size_t kMaxHeaders = 256;
constexpr std::size_t kMaxSchemas = 64;

#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#elif defined(__arm__)
constexpr int kMachine = EM_ARM;
#elif defined(__i386__)
constexpr int kMachine = EM_386;
#elif defined(__riscv)
constexpr int kMachine = EM_RISCV;
#else
#error "add this machine's EM_ constant"
#endif

Error not_a_plugin(std::string words) { return {ErrorCode::kInvalid, std::move(words)}; }

bool read_at(int fd, void* to, std::size_t size, std::uint64_t offset) {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const auto n = pread(fd, bytes, size, static_cast<off_t>(offset));
    if (n <= 0) return false;
    bytes += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

Status check_header(const ElfW(Ehdr) & header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return not_a_plugin("not an ELF file");
  const int ours = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (header.e_ident[EI_CLASS] != ours || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != kMachine)
    return not_a_plugin("built for another kind of machine");
  if (header.e_type != ET_DYN) return not_a_plugin("an ELF file, but not a shared library");
  if (header.e_phentsize != sizeof(ElfW(Phdr)) || header.e_phnum == 0 || header.e_phnum > kMaxHeaders)
    return not_a_plugin("its program headers are damaged");
  return {};
}

// A file that was cut off may have all its notes; loading it would end the server with SIGBUS.
bool is_whole(int fd, const ElfW(Ehdr) & header, const std::vector<ElfW(Phdr)>& segments) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto within = [size](std::uint64_t offset, std::uint64_t length) {
    return offset <= size && length <= size - offset;
  };
  const std::uint64_t sections = std::uint64_t{header.e_shnum} * header.e_shentsize;
  return within(header.e_shoff, sections) &&
         std::all_of(segments.begin(), segments.end(),
                     [&](const auto& s) { return s.p_type == PT_NULL || within(s.p_offset, s.p_filesz); });
}

std::size_t aligned(std::size_t n) { return (n + 3) & ~std::size_t{3}; }

Status take_note(ElfNotes& notes, std::uint32_t type, std::string_view content) {
  if (type == 1 && notes.manifest.empty()) {
    notes.manifest = content;
  } else if (type == 2 && notes.schema.empty()) {
    notes.schema = content;
  } else if (type == 3 && notes.messages.size() < kMaxSchemas) {
    notes.messages.emplace_back(content);
  } else if (type == 4 && content.size() == 8 && notes.abi_major == 0) {
    std::memcpy(&notes.abi_major, content.data(), 4);
    std::memcpy(&notes.abi_minor, content.data() + 4, 4);
  } else {
    return not_a_plugin("its notes are damaged: one of type " + std::to_string(type) +
                        " too many, or of a wrong size");
  }
  return {};
}

// One segment's notes, each: name size, content size, type, name, content; both padded to 4.
Status take_segment(ElfNotes& notes, std::string_view segment) {
  constexpr std::string_view owner("hearth\0", 7);
  while (segment.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, segment.data(), sizeof note);
    segment.remove_prefix(sizeof note);
    if (note.n_namesz > segment.size() || note.n_descsz > segment.size())
      return not_a_plugin("its notes are cut off");
    const auto name_size = aligned(note.n_namesz), content_size = aligned(note.n_descsz);
    if (name_size > segment.size() || note.n_descsz > segment.size() - name_size)
      return not_a_plugin("its notes are cut off");
    if (segment.substr(0, note.n_namesz) == owner) {
      auto status = take_note(notes, note.n_type, segment.substr(name_size, note.n_descsz));
      if (!status.ok()) return status;
    }
    segment.remove_prefix(std::min(segment.size(), name_size + content_size));
  }
  return {};
}

}  // namespace

Result<ElfNotes> read_elf_notes(int fd) {
  ElfW(Ehdr) header;
  if (!read_at(fd, &header, sizeof header, 0)) return not_a_plugin("too short for an ELF file");
  if (auto bad = check_header(header); !bad.ok()) return bad.error();
  std::vector<ElfW(Phdr)> segments(header.e_phnum);
  if (!read_at(fd, segments.data(), segments.size() * sizeof segments[0], header.e_phoff))
    return not_a_plugin("cut off within its program headers");
  if (!is_whole(fd, header, segments)) return not_a_plugin("cut off: parts of it lie behind its end");
  ElfNotes notes;
  for (const auto& segment : segments) {
    if (segment.p_type != PT_NOTE) continue;
    if (segment.p_filesz > kMaxNotes) return not_a_plugin("its notes are over 1 MiB");
    std::string content(segment.p_filesz, '\0');
    if (!read_at(fd, content.data(), content.size(), segment.p_offset))
      return not_a_plugin("cut off within its notes");
    if (auto bad = take_segment(notes, content); !bad.ok()) return bad.error();
  }
  if (notes.manifest.empty())
    return not_a_plugin("a shared library, but not a hearth plugin: it has no manifest");
  if (notes.schema.empty()) return not_a_plugin("it has no configuration schema");
  if (notes.abi_major == 0) return not_a_plugin("it doesn't say for which ABI it was built");
  return notes;
}

}  // namespace hearth::core
