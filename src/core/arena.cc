#include "unroll/core/arena.h"

#include <algorithm>
#include <limits>
#include <string>

#include "unroll/core/error.h"

namespace unroll {

void* Arena::take_bytes(std::size_t count, std::size_t element) {
  if (count > (std::numeric_limits<std::size_t>::max() / 4 - used_) / element) {
    throw ValueError("a workspace of " + std::to_string(count) +
                     " elements does not fit into memory");
  }
  const std::size_t begin = used_;
  used_ += (count * element + kAlignment - 1) / kAlignment * kAlignment;
  if (memory_ == nullptr) return nullptr;
  if (used_ > capacity_) throw ValueError("a workspace layout differs between its two passes");
  return memory_ + begin;
}

void Workspace::reserve(std::size_t bytes) {
  bytes = std::max(bytes, std::size_t{kAlignment});  // arrays of nothing are no null pointers
  if (bytes <= capacity_) return;
  memory_.reset();
  capacity_ = 0;
  memory_.reset(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kAlignment})));
  capacity_ = bytes;
}

}  // namespace unroll
