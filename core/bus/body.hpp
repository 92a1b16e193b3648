// Body: the immutable bytes of one message, built once and shared by all its receivers.
#ifndef HEARTH_CORE_BUS_BODY_HPP
#define HEARTH_CORE_BUS_BODY_HPP

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

#include "hearth/abi.h"

namespace hearth::core {

// Counts its references. Each Body holds some for copies not made yet: the first kSpare copies of a fresh one
// cost no atomic operation. The bytes are aligned to 16, and shared between threads; a Body itself belongs to
// one thread at a time, even for copying.
class Body {
 public:
  static constexpr std::uint32_t kSpare = 15;

  Body() = default;
  // Copies `bytes`.
  explicit Body(hearth_bytes bytes);
  explicit Body(std::string_view text)
      : Body(hearth_bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}) {}

  Body(const Body& other) noexcept : block_(other.block_) {
    if (!block_) return;
    if (other.spare_ != 0) {
      --other.spare_;
    } else {
      block_->references.fetch_add(1, std::memory_order_relaxed);
    }
  }
  Body(Body&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)), spare_(std::exchange(other.spare_, 0)) {}
  Body& operator=(Body other) noexcept {
    std::swap(block_, other.block_);
    std::swap(spare_, other.spare_);
    return *this;
  }
  ~Body() {
    if (!block_) return;
    const auto mine = 1 + spare_;
    if (block_->references.fetch_sub(mine, std::memory_order_acq_rel) == mine) release();
  }

  // The next `copies` copies of this Body cost one atomic increment together. For publishing to many.
  void expect_copies(std::uint32_t copies) const noexcept {
    if (copies > spare_) count_ahead(copies);
  }

  hearth_bytes bytes() const {
    return block_ ? hearth_bytes{data(), block_->size} : hearth_bytes{nullptr, 0};
  }
  std::string_view text() const {
    return block_ ? std::string_view(reinterpret_cast<const char*>(data()), block_->size)
                  : std::string_view();
  }
  std::size_t size() const { return block_ ? block_->size : 0; }

 private:
  // Stands directly before the bytes.
  struct alignas(16) Block {
    std::atomic<std::uint32_t> references{1 + kSpare};
    std::uint64_t size = 0;
  };

  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(block_ + 1); }
  void count_ahead(std::uint32_t copies) const noexcept;
  void release() noexcept;

  Block* block_ = nullptr;
  mutable std::uint32_t spare_ = 0;  // references counted for copies not made yet
};

}  // namespace hearth::core

#endif
