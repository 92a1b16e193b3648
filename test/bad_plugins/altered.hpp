// Altered: the bytes of a plugin's file, changed here and there.
#ifndef HEARTH_TEST_BAD_PLUGINS_ALTERED_HPP
#define HEARTH_TEST_BAD_PLUGINS_ALTERED_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace hearth::test {

// Each change throws when the file doesn't hold what is to be changed.
class Altered {
 public:
  explicit Altered(const std::filesystem::path& file);
  explicit Altered(std::string bytes) : bytes_(std::move(bytes)) {}

  // `to` in place of the first `from`, of equal length.
  Altered replaced(std::string_view from, std::string_view to) const;
  // The note of that type belongs to somebody else, so that it is missing.
  Altered without_note(std::uint32_t type) const;
  // The content of a note: byte number `at` becomes `value`.
  Altered in_note(std::uint32_t type, std::size_t at, char value) const;
  Altered at(std::size_t place, char value) const;
  Altered first(std::size_t size) const { return Altered(bytes_.substr(0, size)); }

  void write(const std::filesystem::path& file) const;
  const std::string& bytes() const { return bytes_; }

 private:
  // Where the note's owner stands; its content follows 8 bytes later.
  std::size_t note(std::uint32_t type) const;

  std::string bytes_;
};

}  // namespace hearth::test

#endif
