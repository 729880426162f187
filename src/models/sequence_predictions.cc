#include "unroll/models/sequence_predictions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/softmax.h"
#include "unroll/core/error.h"
#include "unroll/data/sequence_batches.h"

namespace unroll {
namespace {

// Rows of a batch: enough to fill the registers of the products, few enough to stay in the cache.
constexpr std::size_t kBatch = 64;
// Steps at a time where the state can be carried on: a long sequence takes no more memory. Where it
// cannot, a batch of longer sequences has fewer rows.
constexpr std::size_t kSteps = 1024;

}  // namespace

template <class T>
std::vector<T> predict(SequenceModelPass<T>& pass, const EncodedSequences& sequences,
                       const ThreadTeam& team) {
  const std::size_t width = pass.options().output_size, count = sequences.size();
  const bool by_step = pass.options().pooling.steps;
  std::vector<T> predictions((by_step ? sequences.begin.back() : count) * width);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sequences.length(a) > sequences.length(b);  // the first batch takes all memory
  });
  const bool carries = by_step && !pass.options().bidirectional;
  PaddedBatch<T> batch;
  const auto run = [&](std::span<const std::size_t> indices, StepRange range, States<T>* state) {
    batch.assign(sequences, indices, {}, range);
    const T* output = pass.forward(team,
                                   {.steps = batch.steps,
                                    .batch = batch.batch,
                                    .lengths = batch.lengths,
                                    .values = batch.values.data(),
                                    .tokens = batch.tokens.data()},
                                   state);
    for (std::size_t n = 0; n < batch.batch; ++n) {
      const std::size_t i = indices[n];
      if (!by_step) {
        std::copy_n(output + n * width, width, predictions.data() + i * width);
        continue;
      }
      for (std::size_t t = 0; t < batch.lengths[n]; ++t) {
        std::copy_n(output + (t * batch.batch + n) * width, width,
                    predictions.data() + (sequences.begin[i] + range.first + t) * width);
      }
    }
  };
  for (std::size_t first = 0, rows = 0; first < count; first += rows) {
    const std::size_t longest = sequences.length(order[first]);
    rows = std::min(kBatch, count - first);
    if (!carries && longest > kSteps) {
      rows = std::clamp(kBatch * kSteps / longest, std::size_t{1}, rows);
    }
    const std::span<const std::size_t> indices = std::span(order).subspan(first, rows);
    if (!carries || longest <= kSteps) {
      run(indices, {}, nullptr);
      continue;
    }
    States<T> state;
    for (std::size_t step = 0; step < longest; step += kSteps) {
      run(indices, {step, step + kSteps}, &state);
    }
  }
  return predictions;
}

template <class T>
std::vector<T> predict(const SequenceModel<T>& model, const EncodedSequences& sequences,
                       const ThreadTeam& team) {
  const PackedSequenceModel<T> packed(team, model);
  SequenceModelPass<T> pass(packed);
  return predict(pass, sequences, team);
}

template <class T>
void to_probabilities(LossKind kind, std::size_t width, std::vector<T>& predictions) {
  if (kind == LossKind::kSoftmax) {
    kernels::softmax<T>(predictions.size() / width, width, predictions.data(), width);
  } else if (kind == LossKind::kSigmoid) {
    for (T& x : predictions) x = T(1) / (T(1) + std::exp(-x));
  }
}

template <class T>
PredictionLoss prediction_loss(const ThreadTeam& team, LossKind kind,
                               const EncodedSequences& sequences, std::span<const T> predictions,
                               std::span<const double> class_weights) {
  const std::size_t rows = sequences.rows();
  PredictionLoss result;
  if (rows == 0) return result;
  std::vector<T> weights(rows), targets(sequences.targets.begin(), sequences.targets.end());
  std::vector<std::uint32_t> classes = sequences.classes;
  for (std::size_t r = 0; r < rows; ++r) {
    if (!sequences.counts(r)) {
      if (!classes.empty()) classes[r] = 0;
      continue;
    }
    weights[r] = class_weights.empty() ? T(1) : static_cast<T>(class_weights[sequences.classes[r]]);
  }
  for (const T weight : weights) result.rows += weight > 0 ? 1 : 0;
  const double sum = loss<T>(team, kind,
                             {.rows = rows,
                              .width = predictions.size() / rows,
                              .predictions = predictions.data(),
                              .classes = classes.data(),
                              .targets = targets.data(),
                              .mask = weights.data()},
                             Reduction::kSum);
  result.sum = sum / static_cast<double>(std::max<std::size_t>(1, sequences.target_width));
  return result;
}

template std::vector<float> predict(const SequenceModel<float>&, const EncodedSequences&,
                                    const ThreadTeam&);
template std::vector<double> predict(const SequenceModel<double>&, const EncodedSequences&,
                                     const ThreadTeam&);
template std::vector<float> predict(SequenceModelPass<float>&, const EncodedSequences&,
                                    const ThreadTeam&);
template std::vector<double> predict(SequenceModelPass<double>&, const EncodedSequences&,
                                     const ThreadTeam&);
template void to_probabilities(LossKind, std::size_t, std::vector<float>&);
template void to_probabilities(LossKind, std::size_t, std::vector<double>&);
template PredictionLoss prediction_loss(const ThreadTeam&, LossKind, const EncodedSequences&,
                                        std::span<const float>, std::span<const double>);
template PredictionLoss prediction_loss(const ThreadTeam&, LossKind, const EncodedSequences&,
                                        std::span<const double>, std::span<const double>);

}  // namespace unroll
