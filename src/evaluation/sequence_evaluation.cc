#include "unroll/evaluation/sequence_evaluation.h"

#include <algorithm>
#include <string>

#include "unroll/evaluation/metrics.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {
namespace {

double span_f1(const std::vector<std::string>& names, const EncodedSequences& sequences,
               const std::vector<std::uint32_t>& predicted) {
  const ClassTargets& targets = sequences.class_targets();
  SpanMetrics spans;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    std::vector<std::string> truth, answer;
    for (std::size_t step = sequences.begin[i]; step < sequences.begin[i + 1]; ++step) {
      const std::uint32_t k = targets.classes[step];
      truth.push_back(k < names.size() ? names[k] : targets.unknown.names[k - names.size()]);
      answer.push_back(names[predicted[step]]);
    }
    spans.add(truth, answer);
  }
  return spans.f1();
}

template <class T>
SequenceEvaluation of_labels(const Preprocessing& preprocessing, const EncodedSequences& sequences,
                             const Decoded<T>& decoded) {
  const std::vector<std::string>& names = preprocessing.classes();
  const std::vector<std::uint32_t>& predicted = decoded.classes;
  ClassificationMetrics counted(names.size());
  counted.add<T>(sequences.class_targets().classes, predicted, decoded.probabilities);
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

SequenceEvaluation of_label_sets(const ClassSetTargets& targets,
                                 const std::vector<std::uint8_t>& predicted) {
  MultiLabelMetrics counted(targets.class_count);
  counted.add(targets.members, predicted);
  return {.metrics = {{"subset_accuracy", counted.subset_accuracy()},
                      {"micro_f1", counted.micro_f1()},
                      {"macro_f1", counted.macro_f1()}}};
}

// Of quantiles: the share of targets within the outer two, and the mean pinball loss.
template <class T>
void add_quantile_figures(const Preprocessing& p, const EncodedSequences& sequences,
                          const Decoded<T>& decoded, std::span<const double> levels,
                          Metrics& metrics) {
  const NumberTargets& targets = sequences.number_targets();
  double pinball = 0;
  std::size_t within = 0, count = 0;
  for (std::size_t i = 0; i < decoded.values.size(); ++i) {
    const std::size_t c = i % targets.width;
    if (!sequences.counts(i / targets.width)) continue;
    const std::span<const double> x =
        std::span(decoded.quantiles).subspan(i * levels.size(), levels.size());
    const double t = targets.values[i];
    for (std::size_t q = 0; q < levels.size(); ++q) {
      pinball += p.target_scale(c) * pinball_loss(levels[q], t, x[q]);
    }
    within += t >= x.front() && t <= x.back() ? 1 : 0;
    ++count;
  }
  const auto n = static_cast<double>(count);
  metrics.emplace_back("coverage", static_cast<double>(within) / n);
  metrics.emplace_back("pinball", pinball / (n * static_cast<double>(levels.size())));
}

SequenceEvaluation of_numbers(const Preprocessing& p, const EncodedSequences& sequences,
                              const std::vector<double>& predictions) {
  const NumberTargets& targets = sequences.number_targets();
  const std::size_t columns = targets.width;
  RegressionMetrics all, mean;
  double mase = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    std::vector<double> truth, predicted;
    for (std::size_t r = 0; r < predictions.size() / columns; ++r) {
      if (!sequences.counts(r)) continue;
      const auto in_units = [&](double x) { return p.target_mean(c) + p.target_scale(c) * x; };
      truth.push_back(in_units(targets.values[r * columns + c]));
      predicted.push_back(in_units(predictions[r * columns + c]));
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
                            const EncodedSequences& sequences, std::span<const T> predictions,
                            std::span<const T> head_values) {
  const HeadOptions& head = description.options.head;
  const std::unique_ptr<const Head> made = make_head(head);
  const std::size_t width = output_size(*made, description.preprocessing);
  const Decoded<T> decoded = decode<T>(head, sequences.begin, width, predictions, head_values);
  switch (head_targets(description.preprocessing)) {
    case HeadTargets::kClass:
      return of_labels<T>(description.preprocessing, sequences, decoded);
    case HeadTargets::kClassSet:
      return of_label_sets(sequences.class_set_targets(), decoded.members);
    case HeadTargets::kNumbers:
      break;
  }
  SequenceEvaluation result = of_numbers(description.preprocessing, sequences, decoded.values);
  const std::vector<double> levels = made->options().quantiles;
  if (!levels.empty()) {
    add_quantile_figures<T>(description.preprocessing, sequences, decoded, levels, result.metrics);
  }
  return result;
}

template SequenceEvaluation evaluate(const SequenceModelDescription&, const EncodedSequences&,
                                     std::span<const float>, std::span<const float>);
template SequenceEvaluation evaluate(const SequenceModelDescription&, const EncodedSequences&,
                                     std::span<const double>, std::span<const double>);

}  // namespace unroll
