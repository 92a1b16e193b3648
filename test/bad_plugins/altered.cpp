// Notes are found by what stands before and in their owner's name: 7, size, type, "hearth".
#include "test/bad_plugins/altered.hpp"

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace hearth::test {

Altered::Altered(const std::filesystem::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  bytes_ = bytes.str();
  if (bytes_.empty()) throw std::runtime_error("cannot read " + file.string());
}

Altered Altered::replaced(std::string_view from, std::string_view to) const {
  const auto place = bytes_.find(from);
  if (place == std::string::npos || from.size() != to.size()) throw std::runtime_error("nothing to replace");
  auto bytes = bytes_;
  bytes.replace(place, to.size(), to);
  return Altered(std::move(bytes));
}

std::size_t Altered::note(std::uint32_t type) const {
  constexpr std::string_view owner("hearth\0", 7);
  for (auto place = bytes_.find(owner, 12); place != std::string::npos;
       place = bytes_.find(owner, place + 1)) {
    std::uint32_t header[3];
    std::memcpy(header, bytes_.data() + place - 12, sizeof header);
    if (header[0] == owner.size() && header[2] == type) return place;
  }
  throw std::runtime_error("no such note");
}

Altered Altered::without_note(std::uint32_t type) const { return at(note(type), 'H'); }

Altered Altered::in_note(std::uint32_t type, std::size_t where, char value) const {
  return at(note(type) + 8 + where, value);
}

Altered Altered::at(std::size_t place, char value) const {
  if (place >= bytes_.size()) throw std::runtime_error("behind the end");
  auto bytes = bytes_;
  bytes[place] = value;
  return Altered(std::move(bytes));
}

void Altered::write(const std::filesystem::path& file) const {
  std::ofstream out(file, std::ios::binary);
  out.write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace hearth::test
