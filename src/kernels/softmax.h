#pragma once

#include <cstddef>
#include <cstdint>

namespace unroll::kernels {

// Softmax cross-entropy of some rows: R rows of V classes, V >= 1.
template <class T>
struct SoftmaxLoss {
  std::size_t rows = 0, classes = 0;       // R, V
  const T* logits = nullptr;               // (R, V)
  std::size_t logits_stride = 0;           // elements from row to row
  const T* bias = nullptr;                 // (V), added to every row of logits; null: none
  const std::uint32_t* targets = nullptr;  // (R), each below V where the weight is not 0
  const T* weights = nullptr;              // (R); null: all 1. A row of weight 0 is not looked at
  double scale = 1;                        // of the gradient
  double* losses = nullptr;                // out (R): -log softmax(logits)[target], not weighted;
                                           // 0 where the weight is 0
  T* gradient = nullptr;                   // out (R, V): scale * weight * (softmax - onehot); may
  std::size_t gradient_stride = 0;         // be `logits`; null: losses only
};

// A row's bits depend on its logits, V and the instruction set alone. A row with a NaN, +infinity
// or nothing but -infinity has the loss NaN.
template <class T>
void softmax_loss(const SoftmaxLoss<T>& call) noexcept;

// x (rows, classes) becomes softmax(x), row by row.
template <class T>
void softmax(std::size_t rows, std::size_t classes, T* x, std::size_t stride) noexcept;

}  // namespace unroll::kernels
