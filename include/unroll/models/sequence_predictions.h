#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/data/preprocessing.h"
#include "unroll/nn/loss.h"
#include "unroll/nn/sequence_model.h"
#include "unroll/nn/sequence_model_pass.h"

#pragma GCC visibility push(default)

namespace unroll {

// The predictions (n, W), or (steps, W) where the model predicts by step, in the order of the
// sequences. They are run in batches of similar length, whatever their order.
template <class T>
UNROLL_PUBLIC std::vector<T> predict(const SequenceModel<T>& model,
                                     const EncodedSequences& sequences, const ThreadTeam& team);
template <class T>
UNROLL_PUBLIC std::vector<T> predict(SequenceModelPass<T>& pass, const EncodedSequences& sequences,
                                     const ThreadTeam& team);

// Logits (R, W) become probabilities, in place: softmax of each row, or σ of each number. Nothing
// is done for losses of numbers.
template <class T>
UNROLL_PUBLIC void to_probabilities(LossKind kind, std::size_t width, std::vector<T>& predictions);

// The loss of such predictions: the sum over the rows with a known target, divided by the columns
// of the targets, and the number of these rows. `class_weights` (K) multiply the rows of kSoftmax.
struct PredictionLoss {
  double sum = 0;
  std::uint64_t rows = 0;
};
template <class T>
UNROLL_PUBLIC PredictionLoss prediction_loss(const ThreadTeam& team, LossKind kind,
                                             const EncodedSequences& sequences,
                                             std::span<const T> predictions,
                                             std::span<const double> class_weights = {});

}  // namespace unroll

#pragma GCC visibility pop
