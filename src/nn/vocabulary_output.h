#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/packed_layout.h"
#include "unroll/core/arena.h"
#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"

namespace unroll {

// The output layer over a vocabulary and its softmax loss: logits = h W^T + b, W (V, H), b (V).
//
// Works in blocks of positions, so that few logits exist at a time, and keeps a block transposed:
// (V, positions), positions side by side in vectors, which is what the packed tile writes and
// reads. So neither W nor the logits are ever packed, and the softmax sums nothing across a vector.
// A block is walked twice, in slices of the vocabulary that stay in L2: forward the product and the
// exponentials, backward the gradients of logits, W, b and h.
template <class T>
class VocabularyOutput {
 public:
  // The parameters are the model's; both outlive this object.
  VocabularyOutput(const Parameter<T>& weight, const Parameter<T>& bias,
                   Precision precision = Precision::kFull)
      : weight_(weight), bias_(bias), precision_(precision) {}

  void layout(Arena& arena, std::size_t rows);

  // h (R, H), targets (R). Returns the sum of -w ln p(target), w the row's mask (R); null: 1.
  double loss(const ThreadTeam& team, std::size_t rows, const T* h, const std::uint32_t* targets,
              const float* mask = nullptr);

  // The same, and writes the gradients of `scale` times that sum: of W, b, and h (R, H).
  struct Gradients {
    T *weight, *bias, *h;
  };
  double loss_and_gradient(const ThreadTeam& team, std::size_t rows, const T* h,
                           const std::uint32_t* targets, const float* mask, double scale,
                           const Gradients& gradients);

 private:
  struct Slice {
    std::size_t index, first, count;  // tokens first … first + count - 1
  };

  std::size_t vocabulary() const { return weight_.shape()[0]; }
  std::size_t hidden() const { return weight_.shape()[1]; }
  std::size_t max_block_rows() const;
  Slice cut(std::size_t index, std::size_t count) const;
  Slice slice(std::size_t index) const;
  template <class Body>
  void each_block(std::size_t rows, const T* h, const Body& body);
  template <class Body>
  void each_slice(const ThreadTeam& team, const Body& body) const;
  template <class Body>
  void each_target(const Slice& slice, const std::uint32_t* targets, const Body& body) const;
  ThreadTeam workers(const ThreadTeam& team) const;
  void begin_block(std::size_t rows, const T* h);

  std::size_t scratch_size() const;

  void product(const Slice& slice, T* scratch) const;
  void exponentials(const Slice& slice, const std::uint32_t* targets, bool store) const;
  void finish_losses(std::size_t begin, const float* mask, double scale) const;
  void logit_gradient(const Slice& slice, const std::uint32_t* targets, const float* mask,
                      double scale) const;
  void weight_gradient(const Slice& slice, bool first_block, const Gradients& gradients,
                       T* scratch) const;
  void round_logit_gradient(const Slice& walk) const;
  void input_gradient(const Slice& walk, bool first, T* sum, T* scratch) const;
  void add_parts(const ThreadTeam& team, T* dh) const;
  double sum_of_losses(std::size_t rows) const;

  const Parameter<T>& weight_;
  const Parameter<T>& bias_;
  Precision precision_;

  // The block at hand.
  std::size_t rows_ = 0, columns_ = 0;  // positions, and these in whole vectors
  kernels::PackedLayout positions_;     // h^T, (H, rows_)
  kernels::PackedLayout inputs_;        // h, (rows_, H)
  kernels::PackedLayout walk_rows_[2];  // of the block, (tokens, columns_); walks differ by one

  // (V, columns_): logits, exponentials, then d(logits); in kBf16 at last a walk's pairs of tokens.
  T* block_ = nullptr;
  T* packed_h_ = nullptr;       // positions_
  T* packed_inputs_ = nullptr;  // inputs_
  T* parts_ = nullptr;          // (parts, H, columns_): dh^T of some slices each
  T* slice_max_ = nullptr;      // (slices, columns_)
  T* slice_sum_ = nullptr;      // (slices, columns_), then the factor of its exponentials
  double* target_ = nullptr;    // (columns_): the logit of the target
  double* row_loss_ = nullptr;  // (R)
};

}  // namespace unroll
