#include "unroll/core/tensor.h"

#include <algorithm>
#include <limits>

#include "unroll/core/error.h"

namespace unroll {

Shape::Shape(std::initializer_list<std::size_t> extents)
    : Shape(std::span<const std::size_t>(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const std::size_t> extents) : rank_(extents.size()) {
  if (rank_ > kMaxRank) {
    throw ShapeError("an array has " + std::to_string(rank_) + " axes; at most " +
                     std::to_string(kMaxRank) + " are supported");
  }
  std::copy(extents.begin(), extents.end(), extents_.begin());
}

std::size_t Shape::size() const {
  std::size_t product = 1;
  for (std::size_t axis = 0; axis < rank_; ++axis) {
    const std::size_t extent = extents_[axis];
    if (extent != 0 && product > std::numeric_limits<std::size_t>::max() / 16 / extent) {
      throw ShapeError("an array of shape " + text() + " does not fit into memory");
    }
    product *= extent;
  }
  return product;
}

std::string Shape::text() const {
  std::string text = "(";
  for (std::size_t axis = 0; axis < rank_; ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(extents_[axis]);
  }
  return text + ")";
}

void check_shape(const std::string& what, const Shape& got, const Shape& wanted) {
  if (got != wanted) {
    throw ShapeError(what + " has shape " + got.text() + ", wanted " + wanted.text());
  }
}

template <class T>
Tensor<T>::Tensor(const Shape& shape) : shape_(shape) {
  const std::size_t bytes = std::max<std::size_t>(shape.size() * sizeof(T), 1);
  data_.reset(static_cast<T*>(::operator new (bytes, std::align_val_t{kAlignment})));
  std::fill_n(data_.get(), shape.size(), T(0));
}

template <class T>
Tensor<T>::Tensor(const Tensor& other) {
  *this = other;
}

template <class T>
Tensor<T>& Tensor<T>::operator=(const Tensor& other) {
  if (this == &other) return *this;
  if (!other.data_) {
    *this = Tensor();
    return *this;
  }
  if (!data_ || shape_ != other.shape_) *this = Tensor(other.shape_);
  std::copy(other.begin(), other.end(), begin());
  return *this;
}

template <class T>
void Tensor<T>::fill(T value) {
  std::fill(begin(), end(), value);
}

template class Tensor<float>;
template class Tensor<double>;

}  // namespace unroll
