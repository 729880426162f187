#pragma once

#include <cstdint>

#include "kernels/gemm.h"
#include "kernels/pack.h"
#include "unroll/core/error.h"
#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"

namespace unroll {

// The one rule for packed weights that are out of date.
inline void require_current(bool current) {
  if (current) return;
  throw ValueError("the parameters have changed after they were packed; pack them again");
}

// A weight W (O, I) in the order in which y = x Wᵀ reads it: made once, never changed after.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix(const ThreadTeam& team, const Parameter<T>& weight, Precision precision)
      : weight_(weight),
        version_(weight.version()),
        layout_(kernels::dense_layout<T>(weight.shape()[1], weight.shape()[0], precision)),
        packed_({layout_.size()}) {
    const std::size_t inputs = weight.shape()[1];
    team.for_elements(layout_.size()).for_each_block(layout_.panels(), [&](std::size_t panel) {
      kernels::pack<T>(layout_, {weight.value().data(), 1, inputs}, panel, panel + 1,
                       packed_.data());
    });
  }

  // Throws ValueError unless the weight is as it was then.
  void check_current() const { require_current(version_ == weight_.version()); }

  // x (R, I) -> y (R, O) = start + x Wᵀ
  void multiply(const ThreadTeam& team, std::size_t rows, const T* x, kernels::Start<T> start,
                T* y) const {
    const Shape& shape = weight_.shape();
    kernels::gemm(team, rows, kernels::matrix(x, shape[1]), layout_, packed_.data(), start, y,
                  shape[0]);
  }

 private:
  const Parameter<T>& weight_;
  std::uint64_t version_;
  kernels::PackedLayout layout_;
  Tensor<T> packed_;
};

}  // namespace unroll
