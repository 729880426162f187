#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "unroll/core/tensor.h"

#pragma GCC visibility push(default)

namespace unroll {

// An array that training changes, and its gradient.
template <class T>
class Parameter {
 public:
  Parameter(std::string name, const Shape& shape) : name_(std::move(name)), value_(shape) {}

  const std::string& name() const { return name_; }  // PyTorch's name, "rnn.weight_ih_l0"
  const Shape& shape() const { return value_.shape(); }
  std::size_t size() const { return value_.size(); }
  const Tensor<T>& value() const { return value_; }

  // The value, to be changed: layers that hold a packed copy see from version() that it is stale.
  // Take it anew for every change; do not keep the reference across a forward pass.
  Tensor<T>& edit() {
    ++version_;
    return value_;
  }
  std::uint64_t version() const { return version_; }

  // False for a parameter that keeps its value (a bias held at zero); optimizers pass it over.
  bool trainable = true;

  // d(loss)/d(value), overwritten by each backward pass. Dense: shape(). Sparse (an embedding,
  // whose value is (rows, columns)): row i holds the gradient of value's row rows[i]; only the
  // first rows.size() rows of `gradient` count, and every other row of the value has gradient zero.
  Tensor<T> gradient;
  bool sparse = false;
  std::vector<std::uint32_t> rows;  // ascending, each once

  // Memory for a dense gradient, unless it is there: a model that is never trained takes none.
  void make_gradient() {
    if (gradient.size() == 0) gradient = Tensor<T>(shape());
  }

  // Number of elements of `gradient` that count.
  std::size_t gradient_size() const {
    return sparse ? rows.size() * value_.shape()[1] : gradient.size();
  }

 private:
  std::string name_;
  Tensor<T> value_;
  std::uint64_t version_ = 1;
};

// The parameters of a model in a fixed order, not owned.
template <class T>
using Parameters = std::vector<Parameter<T>*>;
template <class T>
using ConstParameters = std::vector<const Parameter<T>*>;

// Numbers in the parameters that are trained.
template <class T>
std::size_t trained_size(const ConstParameters<T>& parameters) {
  std::size_t count = 0;
  for (const Parameter<T>* parameter : parameters) {
    count += parameter->trainable ? parameter->size() : 0;
  }
  return count;
}

// The name of a parameter that holds NaN or an infinity; empty where there is none.
template <class T>
std::string not_finite(const ConstParameters<T>& parameters) {
  for (const Parameter<T>* parameter : parameters) {
    for (const T value : parameter->value()) {
      if (!std::isfinite(value)) return parameter->name();
    }
  }
  return {};
}

}  // namespace unroll

#pragma GCC visibility pop
