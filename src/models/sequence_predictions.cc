#include "unroll/models/sequence_predictions.h"

#include <algorithm>
#include <numeric>

#include "unroll/core/error.h"

namespace unroll {
namespace {

// Rows of a batch: enough to fill the registers of the products, few enough to stay in the cache.
constexpr std::size_t kBatch = 64;
// Steps at a time where the state can be carried on: a long sequence takes no more memory. Where it
// cannot, a batch of longer sequences has fewer rows.
constexpr std::size_t kSteps = 1024;

std::vector<std::size_t> lengths_of(const std::vector<std::size_t>& begin) {
  std::vector<std::size_t> lengths(begin.size() - 1);
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = begin[i + 1] - begin[i];
  return lengths;
}

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
Decoded<T> decode(const HeadOptions& head, const std::vector<std::size_t>& begin, std::size_t width,
                  std::span<const T> predictions, std::span<const T> head_values) {
  const std::vector<std::size_t> lengths = lengths_of(begin);
  return make_head(head)->decode({.rows = predictions.size() / width,
                                  .width = width,
                                  .predictions = predictions.data(),
                                  .lengths = lengths,
                                  .first = std::span(begin).first(lengths.size()),
                                  .parameter = head_values});
}

template <class T>
double batch_loss(const ThreadTeam& team, SequenceModel<T>& model, const PaddedBatch<T>& batch,
                  const T* predictions, T* d_predictions) {
  Parameter<T>* own = model.head_parameter();
  if (own != nullptr && d_predictions != nullptr) own->make_gradient();
  return model.head().loss(
      team,
      LossRows<T>{.rows = batch.rows,
                  .width = model.options().output_size,
                  .predictions = predictions,
                  .classes = batch.classes.data(),
                  .targets = batch.targets.data(),
                  .mask = batch.weights.data(),
                  .lengths = batch.lengths,
                  .stride = batch.batch,
                  .parameter = model.head_values()},
      Reduction::kMean, d_predictions,
      own != nullptr && d_predictions != nullptr ? own->gradient.data() : nullptr);
}

template <class T>
PredictionLoss prediction_loss(const ThreadTeam& team, const HeadOptions& head,
                               const EncodedSequences& sequences, std::span<const T> predictions,
                               std::span<const double> class_weights,
                               std::span<const T> head_values) {
  const std::size_t rows = sequences.rows();
  PredictionLoss result;
  if (rows == 0) return result;
  std::vector<T> weights(rows), targets;
  std::vector<std::uint32_t> classes;
  if (const auto* const of = std::get_if<ClassTargets>(&sequences.targets)) {
    classes = of->classes;
  } else if (const auto* const sets = std::get_if<ClassSetTargets>(&sequences.targets)) {
    targets.assign(sets->members.begin(), sets->members.end());
  } else if (const auto* const numbers = std::get_if<NumberTargets>(&sequences.targets)) {
    targets.assign(numbers->values.begin(), numbers->values.end());
  }
  const bool weighted = !class_weights.empty() && !classes.empty();
  for (std::size_t r = 0; r < rows; ++r) {
    if (sequences.counts(r)) {
      weights[r] = weighted ? static_cast<T>(class_weights[classes[r]]) : T(1);
    } else if (!classes.empty()) {
      classes[r] = 0;
    }
  }
  for (const T weight : weights) result.rows += weight > 0 ? 1 : 0;
  const std::vector<std::size_t> lengths = lengths_of(sequences.begin);
  const double sum =
      make_head(head)->loss(team,
                            LossRows<T>{.rows = rows,
                                        .width = predictions.size() / rows,
                                        .predictions = predictions.data(),
                                        .classes = classes.data(),
                                        .targets = targets.data(),
                                        .mask = weights.data(),
                                        .lengths = lengths,
                                        .first = std::span(sequences.begin).first(lengths.size()),
                                        .parameter = head_values},
                            Reduction::kSum);
  result.sum = sum / static_cast<double>(std::max<std::size_t>(1, sequences.target_width()));
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
template Decoded<float> decode(const HeadOptions&, const std::vector<std::size_t>&, std::size_t,
                               std::span<const float>, std::span<const float>);
template Decoded<double> decode(const HeadOptions&, const std::vector<std::size_t>&, std::size_t,
                                std::span<const double>, std::span<const double>);
template double batch_loss(const ThreadTeam&, SequenceModel<float>&, const PaddedBatch<float>&,
                           const float*, float*);
template double batch_loss(const ThreadTeam&, SequenceModel<double>&, const PaddedBatch<double>&,
                           const double*, double*);
template PredictionLoss prediction_loss(const ThreadTeam&, const HeadOptions&,
                                        const EncodedSequences&, std::span<const float>,
                                        std::span<const double>, std::span<const float>);
template PredictionLoss prediction_loss(const ThreadTeam&, const HeadOptions&,
                                        const EncodedSequences&, std::span<const double>,
                                        std::span<const double>, std::span<const double>);

}  // namespace unroll
