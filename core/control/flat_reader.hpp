// FlatReader: reads a FlatBuffer whose schema and bytes may both be lies; every access is checked where it
// happens.
#ifndef HEARTH_CORE_CONTROL_FLAT_READER_HPP
#define HEARTH_CORE_CONTROL_FLAT_READER_HPP

#include <cstdint>
#include <cstring>
#include <string_view>

namespace hearth::core {

// Positions are offsets from the buffer's beginning. A wrong access reads as zero and makes the reader failed
// for good, so that whoever walks asks ok() at the end, and in loops. (FlatBuffers internals, sections
// "Tables", "Strings", "Vectors".)
class FlatReader {
 public:
  FlatReader(const std::uint8_t* data, std::uint64_t size) : data_(data), size_(size) {}

  bool ok() const { return ok_; }
  void fail() { ok_ = false; }

  // Little-endian as the wire is; hearth runs on such machines only.
  template <class T>
  T read(std::uint64_t at) {
    T value{};
    if (covers(at, sizeof value)) std::memcpy(&value, data_ + at, sizeof value);
    return value;
  }

  // Where the offset at `at` points; offsets point forwards.
  std::uint64_t follow(std::uint64_t at) {
    const auto offset = read<std::uint32_t>(at);
    if (offset == 0) fail();
    return covers(at + offset, 1) ? at + offset : 0;
  }

  // Where the table at `table` keeps the field with that vtable offset; 0 when it is absent.
  std::uint64_t field(std::uint64_t table, std::uint16_t vtable_offset) {
    const auto vtable =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(table) - read<std::int32_t>(table));
    const auto vtable_size = read<std::uint16_t>(vtable);
    if (!ok_ || vtable_offset < 4 || vtable_offset + 2u > vtable_size) return 0;
    const auto offset = read<std::uint16_t>(vtable + vtable_offset);
    return offset == 0 ? 0 : table + offset;
  }

  std::uint32_t vector_size(std::uint64_t vector) { return read<std::uint32_t>(vector); }

  // The elements of the vector of bytes, or of the string, at `vector`.
  std::string_view bytes(std::uint64_t vector) {
    const auto size = vector_size(vector);
    if (!covers(vector + 4, size)) return {};
    return {reinterpret_cast<const char*>(data_ + vector + 4), size};
  }

 private:
  bool covers(std::uint64_t at, std::uint64_t size) {
    ok_ = ok_ && at <= size_ && size <= size_ - at;
    return ok_;
  }

  const std::uint8_t* data_;
  const std::uint64_t size_;
  bool ok_ = true;
};

}  // namespace hearth::core

#endif
