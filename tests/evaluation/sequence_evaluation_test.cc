// Worked by hand.

#include "unroll/evaluation/sequence_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "models/small_sequences.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
using Labels = std::vector<std::string>;

// One step a sequence, for tags one sequence.
Sequences sequences_of(const Labels& labels, TargetKind target) {
  Sequences s = {.source = "a", .features = 1, .target = target, .labels = labels};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    s.values.push_back(static_cast<double>(i));
    if (target == TargetKind::kLabel) s.begin.push_back(i + 1);
  }
  if (target == TargetKind::kStepLabel) s.begin.push_back(labels.size());
  return s;
}
Sequences values_of(const Numbers& targets, std::size_t width) {
  Sequences s = sequences_of(Labels(targets.size() / width), TargetKind::kLabel);
  s.labels = {};
  s.target = TargetKind::kValue, s.target_width = width, s.targets = targets;
  return s;
}

std::map<std::string, double> metrics_of(const SequenceEvaluation& evaluation) {
  return {evaluation.metrics.begin(), evaluation.metrics.end()};
}
Labels names_of(const SequenceEvaluation& evaluation) {
  Labels names;
  for (const auto& [name, value] : evaluation.metrics) names.push_back(name);
  return names;
}

// Logits that choose these classes with probability 0.8 of K.
Numbers logits(const std::vector<std::size_t>& chosen, std::size_t classes) {
  Numbers all;
  for (const std::size_t k : chosen) {
    for (std::size_t c = 0; c < classes; ++c) {
      all.push_back(c == k ? std::log(0.8) : std::log(0.2 / static_cast<double>(classes - 1)));
    }
  }
  return all;
}

TEST(SequenceEvaluation, OfLabels) {
  // "b" is the most frequent in training, "a" in the test.
  const SequenceModelDescription d =
      describe(sequences_of({"b", "a", "b", "c"}, TargetKind::kLabel), HeadOptions{"softmax"});
  const EncodedSequences test =
      d.preprocessing.encode(sequences_of({"a", "a", "a", "b", "new"}, TargetKind::kLabel));
  const SequenceEvaluation e = evaluate<double>(d, test, logits({0, 0, 1, 1, 2}, 3));
  EXPECT_EQ(names_of(e), (Labels{"accuracy", "macro_f1", "log_loss", "accuracy_majority"}));
  EXPECT_EQ(confusion_matrix(*e.confusion, 3),
            (std::vector<std::size_t>{2, 1, 0, 0, 1, 0, 0, 0, 0}));
  auto m = metrics_of(e);
  EXPECT_DOUBLE_EQ(m["accuracy"], 3. / 5);
  EXPECT_DOUBLE_EQ(m["accuracy_majority"], 1. / 5);
  EXPECT_NEAR(m["log_loss"], -(3 * std::log(0.8) + std::log(0.1)) / 4, 1e-12);  // of known labels
  EXPECT_DOUBLE_EQ(m["macro_f1"], (4. / 5 + 2. / 3 + 0 + 0) / 4);  // a, b, c and the new one
}

TEST(SequenceEvaluation, OfTags) {
  const SequenceModelDescription bio = describe(
      sequences_of({"O", "B-X", "I-X", "O"}, TargetKind::kStepLabel), HeadOptions{"softmax"});
  EXPECT_EQ(bio.preprocessing.classes(), (Labels{"B-X", "I-X", "O"}));
  Sequences two = sequences_of({"B-X", "I-X", "O", "B-X", "O", "B-Y"}, TargetKind::kStepLabel);
  two.begin = {0, 3, 3, 6};
  const EncodedSequences test = bio.preprocessing.encode(two);
  const SequenceEvaluation e = evaluate<double>(bio, test, logits({0, 1, 2, 0, 1, 0}, 3));
  auto m = metrics_of(e);
  EXPECT_DOUBLE_EQ(m["accuracy"], 4. / 6);
  // True: 0-1, 3, and 5 of Y. Predicted: 0-1, 3-4, 5 of X.
  EXPECT_DOUBLE_EQ(m["span_f1"], 2. / 6);
  const SequenceModelDescription plain =
      describe(sequences_of({"noun", "verb"}, TargetKind::kStepLabel), HeadOptions{"softmax"});
  const EncodedSequences words =
      plain.preprocessing.encode(sequences_of({"noun", "verb"}, TargetKind::kStepLabel));
  EXPECT_EQ(names_of(evaluate<double>(plain, words, logits({0, 1}, 2))).size(), 4u);
}

TEST(SequenceEvaluation, OfSetsOfLabels) {
  const Sequences train = sequences_of({"a|b", "", "b", "a"}, TargetKind::kLabel);
  const SequenceModelDescription d = describe(train, HeadOptions{"sigmoid"}, {.multi_label = true});
  // Predicted: a b | b | b | a.
  const Numbers predicted = {1, 1, -1, 1, -1, 1, 0.1, -0.1};
  const SequenceEvaluation e = evaluate<double>(d, d.preprocessing.encode(train), predicted);
  EXPECT_EQ(names_of(e), (Labels{"subset_accuracy", "micro_f1", "macro_f1"}));
  EXPECT_FALSE(e.confusion.has_value());
  auto m = metrics_of(e);
  EXPECT_DOUBLE_EQ(m["subset_accuracy"], 0.75);
  EXPECT_DOUBLE_EQ(m["micro_f1"], 8. / 9);
  EXPECT_DOUBLE_EQ(m["macro_f1"], (1 + 4. / 5) / 2);
}

TEST(SequenceEvaluation, OfNumbersInTheUnitsOfTheFile) {
  const Sequences train = values_of({0, 100, 4, 300}, 2);  // means 2 and 200, deviations 2 and 100
  const Sequences test = values_of({1, 100, 5, 200}, 2);
  for (const HeadOptions& loss : {HeadOptions{"squared_error"}, HeadOptions{"gaussian"}}) {
    const SequenceModelDescription d = describe(train, loss);
    // In units of the file: 2 and 150; 5 and 200. The Gaussian's variances do not matter.
    const Numbers predicted = loss == HeadOptions{"gaussian"}
                                  ? Numbers{0, -0.5, 9, 9, 1.5, 0, -9, -9}
                                  : Numbers{0, -0.5, 1.5, 0};
    const SequenceEvaluation e = evaluate<double>(d, d.preprocessing.encode(test), predicted);
    EXPECT_EQ(names_of(e), (Labels{"rmse", "mae", "mase", "rmse_mean"}));
    auto m = metrics_of(e);
    EXPECT_DOUBLE_EQ(m["rmse"], std::sqrt((1 + 2500 + 0 + 0) / 4.));
    EXPECT_DOUBLE_EQ(m["mae"], 51 / 4.);
    EXPECT_DOUBLE_EQ(m["mase"], (0.5 / 2 + 25. / 100) / 2);
    EXPECT_DOUBLE_EQ(m["rmse_mean"], std::sqrt((1 + 10000 + 9 + 0) / 4.));
  }
}

// In units of the file: 3 and 9 are taken for 2 (1 to 4) and 6 (5 to 8), the latter crossed.
TEST(SequenceEvaluation, OfQuantiles) {
  const Sequences train = values_of({0, 4, 0, 4}, 1);  // mean 2, deviation 2
  const SequenceModelDescription d =
      describe(train, {.name = "quantiles", .quantiles = {0.1, 0.5, 0.8}});
  const Numbers predicted = {-0.5, 0, 1, 3, 1.5, 2};
  const SequenceEvaluation e =
      evaluate<double>(d, d.preprocessing.encode(values_of({3, 9}, 1)), predicted);
  EXPECT_EQ(names_of(e), (Labels{"rmse", "mae", "mase", "rmse_mean", "coverage", "pinball"}));
  auto m = metrics_of(e);
  EXPECT_DOUBLE_EQ(m["mae"], (1 + 3) / 2.);
  EXPECT_DOUBLE_EQ(m["coverage"], 0.5);
  EXPECT_DOUBLE_EQ(m["pinball"], (0.1 * 2 + 0.5 * 1 + 0.2 * 1 + 0.1 * 4 + 0.5 * 3 + 0.8 * 1) / 6);
}

TEST(SequenceEvaluation, StandardizingIsUndone) {
  const Sequences train = values_of({0, 4, 2}, 1), test = values_of({3, 7}, 1);
  for (const bool standardize : {true, false}) {
    const SequenceModelDescription d =
        describe(train, HeadOptions{"absolute"}, {.standardize = standardize});
    const double mean = d.preprocessing.target_mean(0), scale = d.preprocessing.target_scale(0);
    const Numbers predicted = {(5 - mean) / scale, (7 - mean) / scale};
    auto m = metrics_of(evaluate<double>(d, d.preprocessing.encode(test), predicted));
    EXPECT_NEAR(m["rmse"], std::sqrt(2.), 1e-12);
    EXPECT_NEAR(m["rmse_mean"], std::sqrt((1 + 25) / 2.), 1e-12);
  }
}

}  // namespace
}  // namespace unroll
