// Aligned: a message's body as the bus carries it, at an address that is a multiple of 8.
#ifndef HEARTH_TEST_FUZZ_ALIGNED_HPP
#define HEARTH_TEST_FUZZ_ALIGNED_HPP

#include <cstring>
#include <memory>
#include <new>

#include "hearth/abi.h"

namespace hearth::fuzz {

// A copy, in memory of exactly its size, so that reading past its end is noticed.
class Aligned {
 public:
  explicit Aligned(hearth_bytes bytes)
      : bytes_(static_cast<std::uint8_t*>(::operator new(bytes.size, kAlignment))), size_(bytes.size) {
    if (size_ != 0) std::memcpy(bytes_.get(), bytes.data, size_);
  }
  hearth_bytes get() const { return {bytes_.get(), size_}; }

 private:
  static constexpr std::align_val_t kAlignment{8};
  struct Delete {
    void operator()(std::uint8_t* bytes) const { ::operator delete(bytes, kAlignment); }
  };

  std::unique_ptr<std::uint8_t, Delete> bytes_;
  std::uint64_t size_;
};

}  // namespace hearth::fuzz

#endif
