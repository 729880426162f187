#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"

#pragma GCC visibility push(default)

namespace unroll {

struct LinearOptions {
  std::size_t input_size = 0;   // I
  std::size_t output_size = 0;  // O
  bool bias = true;
  std::string name = "linear";  // parameters are called name.weight (O, I) and name.bias (O)
};

// y = x Wᵀ + b for rows of x. Holds its parameters and nothing else: the caller keeps x for the way
// back. Results are bit-identical for any number of threads.
template <class T>
class Linear {
 public:
  // Throws ValueError for a size of 0 or above 2^24.
  explicit Linear(const LinearOptions& options);

  const LinearOptions& options() const { return options_; }
  Parameters<T> parameters();
  const Parameter<T>& weight() const { return *weight_; }
  const Parameter<T>* bias() const { return bias_.get(); }  // null without one

  // x (R, I) -> y (R, O), which must not overlap.
  void forward(const ThreadTeam& team, std::size_t rows, const T* x, T* y) const;

  // From the x of forward() and dy (R, O): dW = dyᵀ x, db = sum of the rows of dy, and, unless
  // null, dx = dy W (R, I), which may be x.
  void backward(const ThreadTeam& team, std::size_t rows, const T* x, const T* dy, T* dx);

 private:
  LinearOptions options_;
  std::unique_ptr<Parameter<T>> weight_, bias_;  // bias_ is null without one
};

extern template class Linear<float>;
extern template class Linear<double>;

}  // namespace unroll

#pragma GCC visibility pop
