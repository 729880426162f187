#pragma once

#include <cstdint>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"

#pragma GCC visibility push(default)

namespace unroll {

// The sum of the gradients of the parts of a batch, in the order in which they are added: each is
// computed alone, by the same pass, and the sum depends on how the batch was cut and on nothing
// else.
template <class T>
class GradientSum {
 public:
  explicit GradientSum(const Parameters<T>& parameters);

  // Adds what the parameters' gradients hold, which are then free to be written again.
  void add(const ThreadTeam& team);
  // The sum becomes the parameters' gradients; the next one begins at zero.
  void give();

 private:
  struct Sum {
    Tensor<T> gradient;
    std::vector<std::uint32_t> rows;  // of a sparse one
  };
  void add_sparse(const Parameter<T>& parameter, Sum& sum);

  Parameters<T> parameters_;
  std::vector<Sum> sums_;
  Sum merged_;
  bool empty_ = true;
};

extern template class GradientSum<float>;
extern template class GradientSum<double>;

}  // namespace unroll

#pragma GCC visibility pop
