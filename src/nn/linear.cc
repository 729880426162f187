#include "unroll/nn/linear.h"

#include "kernels/gemm.h"
#include "kernels/preconditions.h"
#include "kernels/rows.h"
#include "unroll/core/error.h"

namespace unroll {

using kernels::gemm;
using kernels::matrix;
using kernels::transposed;

template <class T>
Linear<T>::Linear(const LinearOptions& options) : options_(options) {
  const auto check_size = [&](const char* name, std::size_t size) {
    constexpr std::size_t kLimit = std::size_t{1} << 24;
    if (size < 1 || size > kLimit) {
      throw ValueError(std::string(name) + " of '" + options.name + "' is " + std::to_string(size) +
                       "; wanted 1 to " + std::to_string(kLimit));
    }
  };
  check_size("input_size", options.input_size);
  check_size("output_size", options.output_size);
  const auto parameter = [&](const char* kind, const Shape& shape) {
    return std::make_unique<Parameter<T>>(options.name + kind, shape);
  };
  weight_ = parameter(".weight", {options.output_size, options.input_size});
  if (options.bias) bias_ = parameter(".bias", {options.output_size});
}

template <class T>
Parameters<T> Linear<T>::parameters() {
  return bias_ ? Parameters<T>{weight_.get(), bias_.get()} : Parameters<T>{weight_.get()};
}

template <class T>
void Linear<T>::forward(const ThreadTeam& team, std::size_t rows, const T* x, T* y) const {
  const std::size_t inputs = options_.input_size, outputs = options_.output_size;
  assert(kernels::are_apart(x, rows * inputs, y, rows * outputs));
  gemm(team, rows, outputs, inputs, matrix(x, inputs), transposed(weight_->value().data(), inputs),
       {bias_ ? bias_->value().data() : nullptr, 0}, y, outputs);
}

template <class T>
void Linear<T>::backward(const ThreadTeam& team, std::size_t rows, const T* x, const T* dy, T* dx) {
  const std::size_t inputs = options_.input_size, outputs = options_.output_size;
  assert(dx == nullptr || kernels::are_apart(dy, rows * outputs, dx, rows * inputs));
  assert(dx == nullptr || kernels::are_same_or_apart<T>(x, dx, rows * inputs));
  weight_->make_gradient();
  if (bias_) bias_->make_gradient();
  gemm(team, outputs, inputs, rows, transposed(dy, outputs), matrix(x, inputs), {},
       weight_->gradient.data(), inputs);
  if (bias_) kernels::column_sums(team, rows, outputs, dy, bias_->gradient.data());
  if (dx == nullptr) return;
  gemm(team, rows, inputs, outputs, matrix(dy, outputs), matrix(weight_->value().data(), inputs),
       {}, dx, inputs);
}

template class Linear<float>;
template class Linear<double>;

}  // namespace unroll
