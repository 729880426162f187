#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "unroll/core/arena.h"
#include "unroll/core/threads.h"
#include "unroll/nn/parameter.h"

namespace unroll {

// The output layer over a vocabulary and its softmax loss: logits = h W^T + b, W (V, H), b (V).
// Works in blocks of rows, so that only (kBlock, V) logits exist at a time.
template <class T>
class VocabularyOutput {
 public:
  // The parameters are the model's; both outlive this object.
  VocabularyOutput(Parameter<T>& weight, Parameter<T>& bias) : weight_(weight), bias_(bias) {}

  void layout(Arena& arena, std::size_t rows);

  // h (R, H), targets (R). Returns the sum of -ln p(target).
  double loss(const ThreadTeam& team, std::size_t rows, const T* h, const std::uint32_t* targets);

  // The same, and writes the gradients of `scale` times that sum: of W, b, and h into dh (R, H).
  double loss_and_gradient(const ThreadTeam& team, std::size_t rows, const T* h,
                           const std::uint32_t* targets, double scale, T* dh);

  // h (R, H) -> logits (R, V).
  void logits(const ThreadTeam& team, std::size_t rows, const T* h, T* logits) const;

 private:
  std::size_t block_rows(std::size_t rows) const;
  void product(const ThreadTeam& team, std::size_t rows, const T* h) const;
  void softmax(const ThreadTeam& team, std::size_t rows, const std::uint32_t* targets, double scale,
               double* losses, T* gradient) const;

  Parameter<T>& weight_;
  Parameter<T>& bias_;
  T* block_ = nullptr;          // (block_rows, V)
  T* block_sums_ = nullptr;     // (V)
  double* row_loss_ = nullptr;  // (R)
};

}  // namespace unroll
