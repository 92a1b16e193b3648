// Body: the immutable bytes of one message, built once and shared by all its receivers.
#ifndef HEARTH_CORE_BUS_BODY_HPP
#define HEARTH_CORE_BUS_BODY_HPP

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

#include "hearth/abi.h"

namespace hearth::core {

// Counts its references; copying costs one atomic increment. The bytes are aligned to 16. Any thread.
class Body {
 public:
  Body() = default;
  // Copies `bytes`.
  explicit Body(hearth_bytes bytes);
  explicit Body(std::string_view text)
      : Body(hearth_bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}) {}

  Body(const Body& other) noexcept : block_(other.block_) {
    if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Body(Body&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Body& operator=(Body other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Body() {
    if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) release();
  }

  hearth_bytes bytes() const { return block_ ? hearth_bytes{data(), block_->size} : hearth_bytes{nullptr, 0}; }
  std::string_view text() const {
    return block_ ? std::string_view(reinterpret_cast<const char*>(data()), block_->size) : std::string_view();
  }
  std::size_t size() const { return block_ ? block_->size : 0; }

 private:
  // Stands directly before the bytes.
  struct alignas(16) Block {
    std::atomic<std::uint32_t> references{1};
    std::uint64_t size = 0;
  };

  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(block_ + 1); }
  void release() noexcept;

  Block* block_ = nullptr;
};

}  // namespace hearth::core

#endif
