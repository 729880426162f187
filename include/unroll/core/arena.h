#pragma once

#include <cstddef>

#include "unroll/core/tensor.h"

#pragma GCC visibility push(default)

namespace unroll {

// Hands out aligned arrays from one block of memory, or, while measuring, only counts them.
class Arena {
 public:
  // A measuring arena: take() returns null.
  Arena() = default;
  Arena(std::byte* memory, std::size_t bytes) : memory_(memory), capacity_(bytes) {}

  // `count` elements, not initialised.
  template <class T>
  T* take(std::size_t count) {
    return static_cast<T*>(take_bytes(count, sizeof(T)));
  }
  std::size_t bytes() const { return used_; }

 private:
  void* take_bytes(std::size_t count, std::size_t element);

  std::byte* memory_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

// The memory behind the activations of a model, sized once. layout(arena) is run twice: first to
// measure, then to hand out; so a layer states what it needs in one place.
class Workspace {
 public:
  template <class Layout>
  void build(Layout&& layout) {
    Arena measure;
    layout(measure);
    reserve(measure.bytes());
    Arena arena(memory_.get(), capacity_);
    layout(arena);
  }
  std::size_t bytes() const { return capacity_; }

 private:
  void reserve(std::size_t bytes);

  std::unique_ptr<std::byte[], detail::AlignedDelete> memory_;
  std::size_t capacity_ = 0;
};

}  // namespace unroll

#pragma GCC visibility pop
