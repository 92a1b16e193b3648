// The one allocation of a Body: header and bytes together.
#include "core/bus/body.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace hearth::core {

Body::Body(hearth_bytes bytes) {
  if (bytes.size == 0) return;
  void* memory = std::malloc(sizeof(Block) + bytes.size);
  if (!memory) throw std::bad_alloc();
  block_ = std::construct_at(static_cast<Block*>(memory));
  block_->size = bytes.size;
  spare_ = kSpare;
  std::memcpy(static_cast<void*>(block_ + 1), bytes.data, bytes.size);
}

void Body::count_ahead(std::uint32_t copies) const noexcept {
  if (!block_) return;
  block_->references.fetch_add(copies - spare_, std::memory_order_relaxed);
  spare_ = copies;
}

void Body::release() noexcept {
  std::destroy_at(block_);
  std::free(block_);
}

}  // namespace hearth::core
