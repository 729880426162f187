#include "unroll/jobs/fit_sequences.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/range.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"
#include "unroll/data/sequence_batches.h"
#include "unroll/evaluation/sequence_evaluation.h"
#include "unroll/jobs/evaluate.h"
#include "unroll/jobs/predict.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {

void hold_out(SequenceSets& sets, double valid_fraction, bool label_sets, std::uint64_t seed) {
  const bool by_label = sets.train.target == TargetKind::kLabel && !label_sets;
  const Split split =
      stratified_split(sets.train.size(), by_label ? sets.train.labels : std::vector<std::string>{},
                       valid_fraction, seed);
  if (split.held_out.empty()) {
    throw OptionError("valid_fraction",
                      std::to_string(sets.train.size()) +
                          " sequences are too few to hold some of them out; set it to 0");
  }
  sets.valid = select(sets.train, split.held_out);
  sets.train = select(sets.train, split.kept);
}

std::vector<double> class_weights(const ClassWeights& weights, const Preprocessing& preprocessing) {
  if (!weights.balanced && weights.given.empty()) return {};
  if (head_targets(preprocessing) != HeadTargets::kClass) {
    throw OptionError("class_weights", preprocessing.options().multi_label
                                           ? "sets of labels (multi_label) have no weights"
                                           : "numbers have no classes");
  }
  const std::vector<std::string>& classes = preprocessing.classes();
  const std::vector<std::size_t>& counts = preprocessing.class_counts();
  std::vector<double> w(classes.size(), 1);
  for (std::size_t k = 0; k < w.size() && weights.balanced; ++k) {
    w[k] = 1 / static_cast<double>(counts[k]);
  }
  for (const auto& [label, weight] : weights.given) {
    const auto found = std::find(classes.begin(), classes.end(), label);
    if (found == classes.end()) {
      throw OptionError("class_weights", unknown_name_message("label", label, classes));
    }
    if (!(weight > 0) || !std::isfinite(weight)) {
      throw OptionError("class_weights", "the weight of " + quote(label) + " is " +
                                             number_text(weight) + "; wanted a number above 0");
    }
    w[static_cast<std::size_t>(found - classes.begin())] = weight;
  }
  double sum = 0, all = 0;
  for (std::size_t k = 0; k < w.size(); ++k) {
    all += static_cast<double>(counts[k]);
    sum += static_cast<double>(counts[k]) * w[k];
  }
  for (double& weight : w) weight *= all / sum;
  return w;
}

template <class T>
FitSequences<T>::FitSequences(SequenceSets sets, const FitSequencesOptions& options) {
  SequenceModelDescription description;
  description.reader = options.reader;
  description.reader.trained = sets.train.reading.table;
  description.preprocessing = Preprocessing::learn(sets.train, options.preprocessing);
  const Preprocessing& p = description.preprocessing;
  description.options = options.model;
  description.options.input_size = p.input_size();
  description.options.vocabulary_size = p.vocabulary_size();
  if (p.vocabulary_size() == 0) description.options.embedding_size = 0;
  description.options.output_size = output_size(*make_head(options.model.head), p);
  EncodedSequences train = p.encode(sets.train);
  if (sets.valid.size() > 0) valid_ = p.encode(sets.valid);
  if (sets.test) test_ = p.encode(*sets.test);
  std::vector<double> weights = class_weights(options.class_weights, p);
  if (!weights.empty() && make_head(options.model.head)->of_sequences()) {
    throw OptionError("class_weights", "labels of a sequence that are scored together (head " +
                                           options.model.head.name + ") have no weights");
  }
  task_ = std::make_unique<SequenceTask<T>>(
      SequenceTaskOptions{.description = std::move(description),
                          .initialization = options.initialization,
                          .batch = options.batch,
                          .class_weights = std::move(weights),
                          .seed = options.seed,
                          .shards = options.shards},
      std::move(train), valid_);
  shown_ = sets.test ? std::move(*sets.test) : std::move(sets.valid);
}

template <class T>
TrainedSequenceModel<T> FitSequences<T>::model(const RunStore& kept) const {
  return load_sequence_model<T>(read_model(kept));
}

template <class T>
FitReport FitSequences<T>::report(const std::vector<EpochRecord>& history, const RunStore& kept,
                                  const ThreadTeam& team) const {
  const TrainedSequenceModel<T> best = model(kept);
  FitReport report = {.figures = {{"train_loss", history.back().train_loss}}};
  const auto add = [&](const std::string& prefix, const EncodedSequences& data, bool shown) {
    const std::vector<T> predictions = predict(best.model, data, team);
    const std::span<const T> head_values = best.model.head_values();
    const PredictionLoss loss =
        prediction_loss<T>(team, best.description.options.head, data, predictions, {}, head_values);
    report.figures.emplace_back(prefix + "loss", loss.rows > 0
                                                     ? loss.sum / static_cast<double>(loss.rows)
                                                     : std::numeric_limits<double>::quiet_NaN());
    add_figures(report.figures, prefix,
                evaluate<T>(best.description, data, predictions, head_values),
                best.description.preprocessing);
    if (!shown) return;
    report.predictions =
        prediction_table<T>(best.description, shown_, predictions, head_values, false);
  };
  if (valid_.size() > 0) add("valid_", valid_, !test_);
  if (test_) {
    add("test_", *test_, true);
    report.figures.emplace_back("test_unknown_labels",
                                std::uint64_t{test_->unknown_labels().count});
  }
  return report;
}

template class FitSequences<float>;
template class FitSequences<double>;

}  // namespace unroll
