#include "unroll/evaluation/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "messages.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Classes = std::vector<std::uint32_t>;
using Numbers = std::vector<double>;
using Labels = std::vector<std::string>;

// Probabilities that put `p` on the predicted class and share the rest.
Numbers probabilities(const Classes& predicted, std::size_t classes, double p) {
  Numbers all(predicted.size() * classes, (1 - p) / static_cast<double>(classes - 1));
  for (std::size_t r = 0; r < predicted.size(); ++r) all[r * classes + predicted[r]] = p;
  return all;
}

TEST(ClassificationMetrics, WorkedByHand) {
  const Classes truth = {0, 0, 0, 1, 1, 2}, predicted = {0, 0, 1, 1, 2, 2};
  ClassificationMetrics metrics(3);
  metrics.add<double>(truth, predicted, probabilities(predicted, 3, 0.8));
  EXPECT_EQ(confusion_matrix(metrics.confusion(), 3),
            (std::vector<std::size_t>{2, 1, 0, 0, 1, 1, 0, 0, 1}));
  EXPECT_EQ(metrics.rows(), 6u);
  EXPECT_DOUBLE_EQ(metrics.accuracy(), 4. / 6);
  // 2·2/(3+2), 2·1/(2+2), 2·1/(1+2)
  EXPECT_DOUBLE_EQ(metrics.macro_f1(), (0.8 + 0.5 + 2. / 3) / 3);
  EXPECT_DOUBLE_EQ(metrics.log_loss(), -(4 * std::log(0.8) + 2 * std::log(0.1)) / 6);
  EXPECT_DOUBLE_EQ(metrics.accuracy_of_always(0), 0.5);
  EXPECT_DOUBLE_EQ(metrics.accuracy_of_always(2), 1. / 6);
}

// The example of scikit-learn's documentation of log_loss (spam 1, ham 0): 0.21616…
TEST(ClassificationMetrics, LogLossAsScikitLearn) {
  ClassificationMetrics metrics(2);
  metrics.add<double>(Classes{1, 0, 0, 1}, Classes{1, 0, 0, 1},
                      Numbers{.1, .9, .9, .1, .8, .2, .35, .65});
  EXPECT_NEAR(metrics.log_loss(), 0.21616, 1e-5);
}

// A certain answer that is wrong costs -ln ε, of the type that the probabilities have; a right one
// -ln(1-ε).
TEST(ClassificationMetrics, LogLossIsClipped) {
  ClassificationMetrics in_double(2), in_float(2), right(2);
  in_double.add<double>(Classes{0}, Classes{1}, Numbers{0, 1});
  in_float.add<float>(Classes{0}, Classes{1}, std::vector<float>{0, 1});
  right.add<double>(Classes{0}, Classes{0}, Numbers{1, 0});
  EXPECT_DOUBLE_EQ(in_double.log_loss(), 52 * std::log(2));
  EXPECT_DOUBLE_EQ(in_float.log_loss(), 23 * std::log(2));
  EXPECT_GT(right.log_loss(), 0);
  EXPECT_LT(right.log_loss(), 1e-15);
}

TEST(ClassificationMetrics, PartsAddUp) {
  const Classes truth = {0, 1, 2, 2, 5, 1}, predicted = {0, 2, 2, 1, 0, 1};
  const Numbers p = probabilities(predicted, 3, 0.6);
  ClassificationMetrics whole(3), parts(3);
  whole.add<double>(truth, predicted, p);
  for (std::size_t r = 0; r < truth.size(); ++r) {
    parts.add<double>(std::span(truth).subspan(r, 1), std::span(predicted).subspan(r, 1),
                      std::span(p).subspan(r * 3, 3));
  }
  EXPECT_EQ(whole.confusion(), parts.confusion());
  EXPECT_EQ(whole.accuracy(), parts.accuracy());
  EXPECT_EQ(whole.macro_f1(), parts.macro_f1());
  EXPECT_EQ(whole.log_loss(), parts.log_loss());
}

TEST(ClassificationMetrics, LabelsThatAreNoClassAreWrong) {
  // The labels 3 and 4 were never seen in training.
  const Classes truth = {0, 0, 1, 3, 3, 4}, predicted = {0, 0, 1, 0, 1, 0};
  ClassificationMetrics metrics(3);
  metrics.add<double>(truth, predicted, probabilities(predicted, 3, 0.8));
  EXPECT_EQ(metrics.unknown_rows(), 3u);
  EXPECT_EQ(confusion_matrix(metrics.confusion(), 3),
            (std::vector<std::size_t>{2, 0, 0, 0, 1, 0, 0, 0, 0}));
  EXPECT_DOUBLE_EQ(metrics.accuracy(), 0.5);
  EXPECT_DOUBLE_EQ(metrics.accuracy_of_always(0), 2. / 6);
  // Class 0: 2·2/(2+4); class 1: 2·1/(1+2); labels 3 and 4: 0; class 2 appears nowhere.
  EXPECT_DOUBLE_EQ(metrics.macro_f1(), (2. / 3 + 2. / 3) / 4);
  EXPECT_DOUBLE_EQ(metrics.log_loss(), -std::log(0.8));  // of the three others
}

// A matrix of them would take 80 GB.
TEST(ClassificationMetrics, ManyClasses) {
  constexpr std::size_t kClasses = 100000;
  ClassificationMetrics metrics(kClasses);
  Numbers p(kClasses, 0.5);
  for (std::uint32_t k = 0; k < 20; ++k) {
    metrics.add<double>(Classes{k * 5000}, Classes{k % 2 == 0 ? k * 5000 : 7}, p);
  }
  EXPECT_DOUBLE_EQ(metrics.accuracy(), 0.5);
  EXPECT_EQ(metrics.confusion().size(), 20u);
  EXPECT_EQ(metrics.confusion().at({5000, 7}), 1u);
  EXPECT_DOUBLE_EQ(metrics.macro_f1(), 10. / 21);
}

TEST(ClassificationMetrics, OfNothing) {
  const ClassificationMetrics metrics(2);
  for (const double number : {metrics.accuracy(), metrics.macro_f1(), metrics.log_loss(),
                              metrics.accuracy_of_always(1)}) {
    EXPECT_TRUE(std::isnan(number));
  }
}

TEST(ClassificationMetrics, RefusesWhatDoesNotFit) {
  EXPECT_THROW(ClassificationMetrics(0), ValueError);
  ClassificationMetrics metrics(2);
  const Numbers p = {.5, .5};
  expect_error<ValueError>(
      [&] {
        metrics.add<double>(Classes{0}, Classes{0, 1}, p);
      },
      {"2 predicted classes", "wanted 1"});
  expect_error<ValueError>(
      [&] {
        metrics.add<double>(Classes{0, 1}, Classes{0, 1}, p);
      },
      {"2 probabilities", "wanted 4"});
  expect_error<ValueError>([&] { metrics.add<double>(Classes{0}, Classes{2}, p); },
                           {"predicted class 2", "0 to 1"});
  expect_error<ValueError>([&] { metrics.accuracy_of_always(2); }, {"class 2", "0 to 1"});
  EXPECT_EQ(metrics.rows(), 0u);
}

TEST(MultiLabelMetrics, WorkedByHand) {
  MultiLabelMetrics metrics(4);
  //                              right         one missed    one too many
  metrics.add(std::vector<std::uint8_t>{1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0},
              std::vector<std::uint8_t>{1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0});
  EXPECT_EQ(metrics.rows(), 3u);
  EXPECT_DOUBLE_EQ(metrics.subset_accuracy(), 1. / 3);
  EXPECT_DOUBLE_EQ(metrics.micro_f1(), 2 * 4. / (5 + 5));
  // 2·2/(2+3), 0 of (1+0), 2·2/(2+2), and a label that never is.
  EXPECT_DOUBLE_EQ(metrics.macro_f1(), (0.8 + 0 + 1 + 0) / 4);
}

TEST(MultiLabelMetrics, NoLabelAtAllAndNothing) {
  MultiLabelMetrics metrics(2);
  EXPECT_TRUE(std::isnan(metrics.subset_accuracy()));
  EXPECT_TRUE(std::isnan(metrics.micro_f1()));
  EXPECT_TRUE(std::isnan(metrics.macro_f1()));
  metrics.add(std::vector<std::uint8_t>{0, 0}, std::vector<std::uint8_t>{0, 0});
  EXPECT_EQ(metrics.subset_accuracy(), 1);
  EXPECT_EQ(metrics.micro_f1(), 0);
  EXPECT_THROW(metrics.add(std::vector<std::uint8_t>(3), std::vector<std::uint8_t>(3)), ValueError);
  EXPECT_THROW(metrics.add(std::vector<std::uint8_t>(4), std::vector<std::uint8_t>(2)), ValueError);
  EXPECT_THROW(MultiLabelMetrics(0), ValueError);
}

TEST(SpanMetrics, KnowsBioLabels) {
  EXPECT_TRUE(is_bio(Labels{"O", "B-PER", "I-PER"}));
  EXPECT_TRUE(is_bio(Labels{"B", "I", "O"}));
  EXPECT_TRUE(is_bio(Labels{"I-NP"}));
  for (const Labels& labels : {Labels{}, Labels{"O"}, Labels{"O", "B-PER", "N"}, Labels{"B-", "O"},
                               Labels{"o", "B-PER"}, Labels{"", "B-PER"}, Labels{"BX", "O"}}) {
    EXPECT_FALSE(is_bio(labels)) << labels.size();
  }
}

struct Counts {
  std::size_t truth, predicted, right;
  friend bool operator==(const Counts&, const Counts&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Counts& c) {
    return out << c.truth << " true, " << c.predicted << " predicted, " << c.right << " right";
  }
};

Counts spans(const Labels& truth, const Labels& predicted) {
  SpanMetrics metrics;
  metrics.add(truth, predicted);
  return {metrics.true_spans(), metrics.predicted_spans(), metrics.right_spans()};
}

TEST(SpanMetrics, CountsSpans) {
  const Labels two = {"B-A", "I-A", "O", "B-B"};
  EXPECT_EQ(spans(two, two), (Counts{2, 2, 2}));
  EXPECT_EQ(spans(two, {"O", "O", "O", "O"}), (Counts{2, 0, 0}));
  EXPECT_EQ(spans({}, {}), (Counts{0, 0, 0}));
  // I- after O, or after another type, begins a span.
  EXPECT_EQ(spans(two, {"I-A", "I-A", "O", "I-B"}), (Counts{2, 2, 2}));
  EXPECT_EQ(spans({"B-A", "B-B"}, {"B-A", "I-B"}), (Counts{2, 2, 2}));
  // B- begins one inside a span.
  EXPECT_EQ(spans({"B-A", "I-A", "I-A"}, {"B-A", "B-A", "I-A"}), (Counts{1, 2, 0}));
  // Another type, a begin too early or too late, an end too early or too late.
  EXPECT_EQ(spans({"O", "B-A", "I-A", "O"}, {"O", "B-B", "I-B", "O"}), (Counts{1, 1, 0}));
  EXPECT_EQ(spans({"O", "B-A", "I-A", "O"}, {"B-A", "I-A", "I-A", "O"}), (Counts{1, 1, 0}));
  EXPECT_EQ(spans({"O", "B-A", "I-A", "O"}, {"O", "O", "B-A", "O"}), (Counts{1, 1, 0}));
  EXPECT_EQ(spans({"O", "B-A", "I-A", "O"}, {"O", "B-A", "O", "O"}), (Counts{1, 1, 0}));
  EXPECT_EQ(spans({"O", "B-A", "I-A", "O"}, {"O", "B-A", "I-A", "I-A"}), (Counts{1, 1, 0}));
  // Two spans against one over both; a right one after a wrong one.
  EXPECT_EQ(spans({"B-A", "B-A"}, {"B-A", "I-A"}), (Counts{2, 1, 0}));
  EXPECT_EQ(spans({"B-A", "O", "B-B"}, {"B-B", "O", "B-B"}), (Counts{2, 2, 1}));
  // Without types, and a label that is none.
  EXPECT_EQ(spans({"B", "I", "O"}, {"B", "I", "O"}), (Counts{1, 1, 1}));
  EXPECT_EQ(spans({"B-A", "X", "I-A"}, {"B-A", "O", "B-A"}), (Counts{2, 2, 2}));
}

TEST(SpanMetrics, SequencesEndSpans) {
  SpanMetrics metrics;
  metrics.add(Labels{"O", "B-A"}, Labels{"O", "B-A"});
  metrics.add(Labels{"I-A", "O", "B-B"}, Labels{"I-A", "O", "O"});
  EXPECT_EQ(metrics.true_spans(), 3u);
  EXPECT_DOUBLE_EQ(metrics.precision(), 1);
  EXPECT_DOUBLE_EQ(metrics.recall(), 2. / 3);
  EXPECT_DOUBLE_EQ(metrics.f1(), 0.8);
  EXPECT_EQ(SpanMetrics().f1(), 0);
  expect_error<ValueError>([&] { metrics.add(Labels{"O"}, Labels{}); },
                           {"0 predicted labels", "wanted 1"});
}

TEST(RegressionMetrics, WorkedByHand) {
  RegressionMetrics metrics;
  EXPECT_TRUE(std::isnan(metrics.rmse()));
  EXPECT_TRUE(std::isnan(metrics.mae()));
  metrics.add<double>(Numbers{1, 2}, Numbers{1, 5});
  metrics.add<float>(std::vector<float>{3}, std::vector<float>{-1});
  EXPECT_EQ(metrics.count(), 3u);
  EXPECT_DOUBLE_EQ(metrics.rmse(), 5 / std::sqrt(3));
  EXPECT_DOUBLE_EQ(metrics.mae(), 7. / 3);
  EXPECT_DOUBLE_EQ(metrics.mase(2), 7. / 6);
  expect_error<ValueError>([&] { metrics.add<double>(Numbers{1}, Numbers{}); },
                           {"0 predictions", "wanted 1"});
}

TEST(RegressionMetrics, NaiveErrorOfASeries) {
  const Numbers series = {1, 2, 4, 1, 3, 8};
  EXPECT_DOUBLE_EQ(naive_mae(series), (1 + 2 + 3 + 2 + 5) / 5.);
  EXPECT_DOUBLE_EQ(naive_mae(series, 3), (0 + 1 + 4) / 3.);
  EXPECT_TRUE(std::isnan(naive_mae(series, 6)));
  EXPECT_THROW(naive_mae(series, 0), ValueError);
  RegressionMetrics metrics;
  metrics.add<double>(Numbers{1}, Numbers{2});
  EXPECT_TRUE(std::isinf(metrics.mase(naive_mae(Numbers{3, 3, 3}))));  // of a constant series
}

}  // namespace
}  // namespace unroll
