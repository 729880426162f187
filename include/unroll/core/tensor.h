#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <string>

#pragma GCC visibility push(default)

namespace unroll {

// Bytes to which every array is aligned: a cache line, and the widest vector register.
inline constexpr std::size_t kAlignment = 64;

// The extents of an array, outermost first; at most kMaxRank of them.
class Shape {
 public:
  static constexpr std::size_t kMaxRank = 4;

  Shape() = default;
  Shape(std::initializer_list<std::size_t> extents);
  explicit Shape(std::span<const std::size_t> extents);

  std::size_t rank() const { return rank_; }
  std::size_t operator[](std::size_t axis) const { return extents_[axis]; }
  std::size_t size() const;  // number of elements; 1 for rank 0
  std::string text() const;  // "(3, 200)"

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::array<std::size_t, kMaxRank> extents_{};
  std::size_t rank_ = 0;
};

// Throws ShapeError, naming `what`, unless got == wanted.
void check_shape(const std::string& what, const Shape& got, const Shape& wanted);

namespace detail {
struct AlignedDelete {
  void operator()(void* memory) const { ::operator delete (memory, std::align_val_t{kAlignment}); }
};
}  // namespace detail

// A dense row-major array that owns its elements, aligned to kAlignment, zero when made.
template <class T>
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(const Shape& shape);
  Tensor(const Tensor& other);
  Tensor& operator=(const Tensor& other);
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(Tensor&&) noexcept = default;

  const Shape& shape() const { return shape_; }
  std::size_t size() const { return data_ ? shape_.size() : 0; }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  T* begin() { return data(); }
  T* end() { return data() + size(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  T& operator[](std::size_t index) { return data_.get()[index]; }
  const T& operator[](std::size_t index) const { return data_.get()[index]; }

  void fill(T value);

 private:
  Shape shape_;
  std::unique_ptr<T[], detail::AlignedDelete> data_;
};

extern template class Tensor<float>;
extern template class Tensor<double>;

}  // namespace unroll

#pragma GCC visibility pop
