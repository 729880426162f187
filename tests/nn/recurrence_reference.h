#pragma once

#include <vector>

#include "unroll/nn/recurrence.h"

namespace unroll {

// What a Recurrence computes, by plain loops over rows, steps, gates and units, one number at a
// time, without packing, SIMD or threads: the oracle for the fast one. No dropout.
template <class T>
struct ReferenceRecurrence {
  std::vector<T> y;   // (T, N, D·H)
  States<T> final;    // (L·D, N, H) each
  std::vector<T> dx;  // (T, N, I)
  States<T> d_initial;
  std::vector<Tensor<T>> gradient;  // in the order of Recurrence::parameters()
};

// x (T, N, I), dy (T, N, D·H); `initial` and `d_final` may be null.
template <class T>
ReferenceRecurrence<T> reference_recurrence(const RecurrenceOptions& options,
                                            const Parameters<T>& parameters, const T* x,
                                            const std::vector<std::size_t>& lengths,
                                            std::size_t steps, const States<T>* initial,
                                            const T* dy, const States<T>* d_final);

}  // namespace unroll
