#include "unroll/train/sequence_evaluation.h"

#include <algorithm>
#include <string>

#include "unroll/models/sequence_predictions.h"
#include "unroll/train/metrics.h"

namespace unroll {
namespace {

template <class T>
std::vector<std::uint32_t> most_likely(std::size_t width, std::span<const T> probabilities) {
  std::vector<std::uint32_t> classes(probabilities.size() / width);
  for (std::size_t r = 0; r < classes.size(); ++r) {
    const auto row = probabilities.begin() + static_cast<std::ptrdiff_t>(r * width);
    classes[r] = static_cast<std::uint32_t>(
        std::max_element(row, row + static_cast<std::ptrdiff_t>(width)) - row);
  }
  return classes;
}

double span_f1(const std::vector<std::string>& names, const EncodedSequences& sequences,
               const std::vector<std::uint32_t>& predicted) {
  SpanMetrics spans;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    std::vector<std::string> truth, answer;
    for (std::size_t step = sequences.begin[i]; step < sequences.begin[i + 1]; ++step) {
      const std::uint32_t k = sequences.classes[step];
      truth.push_back(k < names.size() ? names[k] : sequences.unknown_labels[k - names.size()]);
      answer.push_back(names[predicted[step]]);
    }
    spans.add(truth, answer);
  }
  return spans.f1();
}

template <class T>
SequenceEvaluation of_labels(const Preprocessing& preprocessing, const EncodedSequences& sequences,
                             std::vector<T> probabilities) {
  const std::vector<std::string>& names = preprocessing.classes();
  to_probabilities(LossKind::kSoftmax, names.size(), probabilities);
  const std::vector<std::uint32_t> predicted =
      most_likely<T>(names.size(), std::span<const T>(probabilities));
  ClassificationMetrics counted(names.size());
  counted.add<T>(sequences.classes, predicted, probabilities);
  const std::vector<std::size_t>& counts = preprocessing.class_counts();
  const auto majority =
      static_cast<std::uint32_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  SequenceEvaluation result = {
      .metrics = {{"accuracy", counted.accuracy()},
                  {"macro_f1", counted.macro_f1()},
                  {"log_loss", counted.log_loss()},
                  {"accuracy_majority", counted.accuracy_of_always(majority)}},
      .confusion = counted.confusion()};
  if (sequences.by_step && is_bio(names)) {
    result.metrics.emplace_back("span_f1", span_f1(names, sequences, predicted));
  }
  return result;
}

template <class T>
SequenceEvaluation of_label_sets(const EncodedSequences& sequences, std::span<const T> logits) {
  std::vector<std::uint8_t> truth, predicted;
  for (const double target : sequences.targets) truth.push_back(target > 0.5 ? 1 : 0);
  for (const T x : logits) predicted.push_back(x > 0 ? 1 : 0);  // a probability above one half
  MultiLabelMetrics counted(sequences.target_width);
  counted.add(truth, predicted);
  return {.metrics = {{"subset_accuracy", counted.subset_accuracy()},
                      {"micro_f1", counted.micro_f1()},
                      {"macro_f1", counted.macro_f1()}}};
}

template <class T>
SequenceEvaluation of_numbers(const SequenceModelDescription& description,
                              const EncodedSequences& sequences, std::span<const T> predictions) {
  const Preprocessing& p = description.preprocessing;
  const std::size_t columns = sequences.target_width;
  const std::size_t width = prediction_width(description.loss, columns);
  RegressionMetrics all, mean;
  double mase = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    std::vector<double> truth, predicted;
    for (std::size_t r = 0; r < predictions.size() / width; ++r) {
      if (!sequences.counts(r)) continue;
      const auto in_units = [&](double x) { return p.target_mean(c) + p.target_scale(c) * x; };
      truth.push_back(in_units(sequences.targets[r * columns + c]));
      predicted.push_back(in_units(static_cast<double>(predictions[r * width + c])));
    }
    RegressionMetrics column;
    column.add<double>(truth, predicted);
    all.add<double>(truth, predicted);
    mase += column.mase(p.training_deviation(c)) / static_cast<double>(columns);
    predicted.assign(truth.size(), p.training_mean(c));
    mean.add<double>(truth, predicted);
  }
  return {
      .metrics = {
          {"rmse", all.rmse()}, {"mae", all.mae()}, {"mase", mase}, {"rmse_mean", mean.rmse()}}};
}

}  // namespace

template <class T>
SequenceEvaluation evaluate(const SequenceModelDescription& description,
                            const EncodedSequences& sequences, std::span<const T> predictions) {
  switch (description.loss) {
    case LossKind::kSoftmax:
      return of_labels<T>(description.preprocessing, sequences,
                          std::vector<T>(predictions.begin(), predictions.end()));
    case LossKind::kSigmoid:
      return of_label_sets<T>(sequences, predictions);
    default:
      return of_numbers<T>(description, sequences, predictions);
  }
}

template SequenceEvaluation evaluate(const SequenceModelDescription&, const EncodedSequences&,
                                     std::span<const float>);
template SequenceEvaluation evaluate(const SequenceModelDescription&, const EncodedSequences&,
                                     std::span<const double>);

}  // namespace unroll
