#pragma once

#include <cstdint>
#include <optional>

namespace unroll::measure {

// Counts the allocations on the heap, of all threads, while it lives: every call of malloc, calloc,
// realloc and their aligned relatives, which operator new ends in too. (Of the latter the thread
// sanitizer reports operator new alone.) One at a time.
class AllocationCount {
 public:
  AllocationCount();
  ~AllocationCount();
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;

  // So far; nothing where the C library gives no way to count.
  std::optional<std::uint64_t> count() const;
};

}  // namespace unroll::measure
