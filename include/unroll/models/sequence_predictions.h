#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/data/preprocessing.h"
#include "unroll/data/sequence_batches.h"
#include "unroll/nn/head.h"
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

// What a head makes of such predictions. `head_values` are those of its own parameter.
template <class T>
UNROLL_PUBLIC Decoded<T> decode(const HeadOptions& head, const std::vector<std::size_t>& begin,
                                std::size_t width, std::span<const T> predictions,
                                std::span<const T> head_values = {});

// The mean loss of a batch by the model's head. Unless `d_predictions` is null, its gradients too:
// there, and in the head's own parameter.
template <class T>
UNROLL_PUBLIC double batch_loss(const ThreadTeam& team, SequenceModel<T>& model,
                                const PaddedBatch<T>& batch, const T* predictions,
                                T* d_predictions = nullptr);

// The loss of such predictions: the sum over the rows with a known target, divided by the columns
// of the targets, and the number of these rows. `class_weights` (K) multiply the rows of kClass.
struct PredictionLoss {
  double sum = 0;
  std::uint64_t rows = 0;
};
template <class T>
UNROLL_PUBLIC PredictionLoss prediction_loss(const ThreadTeam& team, const HeadOptions& head,
                                             const EncodedSequences& sequences,
                                             std::span<const T> predictions,
                                             std::span<const double> class_weights = {},
                                             std::span<const T> head_values = {});

}  // namespace unroll

#pragma GCC visibility pop
