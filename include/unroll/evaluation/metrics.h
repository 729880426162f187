#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// Figures beside the loss, such as the accuracy, each under its name.
using Metrics = std::vector<std::pair<std::string, double>>;

// Every number here is over all that was added so far, and NaN where that is nothing, unless it
// says otherwise.

// How often class r was taken for class c, at (r, c): what never happened is left out, since of
// many classes few are ever taken for each other.
using ConfusionCounts = std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t>;

// The same as (K, K), row by row.
std::vector<std::size_t> confusion_matrix(const ConfusionCounts& counts, std::size_t classes);

// One of K classes a row. A truth of K or more is a label that the model does not know, each such
// label with a number of its own: its rows are wrong whatever is predicted, and have no log loss.
class ClassificationMetrics {
 public:
  explicit ClassificationMetrics(std::size_t classes);  // K; throws ValueError for 0

  // R rows: truth (R), predicted (R) below K, probabilities (R, K). Throws ValueError, before
  // anything is counted, for other sizes or a predicted class that is not there.
  template <class T>
  void add(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> predicted,
           std::span<const T> probabilities);

  std::size_t classes() const { return classes_; }
  std::size_t rows() const { return rows_; }
  std::size_t unknown_rows() const { return unknown_rows_; }  // of labels that are no class

  const ConfusionCounts& confusion() const { return confusion_; }  // no unknown rows

  double accuracy() const;
  // The accuracy here of an answer that never changes: the class that was most frequent in
  // training, for example. Throws ValueError unless answer < K.
  double accuracy_of_always(std::uint32_t answer) const;

  // The mean of F1 = 2 TP / (true rows + predicted rows) over the labels that were true or
  // predicted at least once, those that are no class among them (F1 = 0); scikit-learn's
  // f1_score(average="macro", zero_division=0).
  double macro_f1() const;

  // The mean of -ln p(true class) over the rows whose label is a class; p is brought into
  // [ε, 1-ε], ε that of the type of the probabilities, as scikit-learn's log_loss does.
  double log_loss() const;

 private:
  std::size_t classes_, rows_ = 0, unknown_rows_ = 0;
  ConfusionCounts confusion_;
  std::vector<std::size_t> true_, predicted_, right_;  // (K) rows; predicted_ has the unknown ones
  std::set<std::uint32_t> unknown_;
  double nats_ = 0;
};

// q (t - x) where the truth t is above x, else (1-q) (x - t): least for the quantile of level q.
double pinball_loss(double level, double truth, double predicted);

// Any number of K yes-or-no labels a row.
class MultiLabelMetrics {
 public:
  explicit MultiLabelMetrics(std::size_t labels);  // K; throws ValueError for 0

  // R rows: truth and predicted (R, K), 0 for no and all else for yes. Throws ValueError for other
  // sizes.
  void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> predicted);

  std::size_t rows() const { return rows_; }
  double subset_accuracy() const;  // rows of which every label is right
  // F1 of all labels counted together, and the mean of each label's F1; 0 where a label is neither
  // true nor predicted, as scikit-learn's f1_score(zero_division=0).
  double micro_f1() const;
  double macro_f1() const;

 private:
  struct Counts {
    std::size_t both = 0, truth = 0, predicted = 0;
  };
  std::vector<Counts> counts_;  // (K)
  std::size_t rows_ = 0, right_ = 0;
};

// Whether the labels are those of spans: each is O, or B or I alone or with a type (B-PER), and at
// least one is not O.
bool is_bio(std::span<const std::string> labels);

// Spans in tag sequences. A span begins at B-X, and at I-X after O or after another type; I-X of
// the same type continues it. It is right when begin, end and type are. What is no BIO label is
// outside, as O. Source: the evaluation of the CoNLL-2000 shared task (Tjong Kim Sang, Buchholz,
// 2000).
class SpanMetrics {
 public:
  // One sequence. Throws ValueError for different lengths.
  void add(std::span<const std::string> truth, std::span<const std::string> predicted);

  std::size_t true_spans() const { return truth_; }
  std::size_t predicted_spans() const { return predicted_; }
  std::size_t right_spans() const { return right_; }
  double precision() const;  // 0 where nothing was predicted
  double recall() const;     // 0 where there was nothing to find
  double f1() const;         // 2 right / (true + predicted); 0 where both are none

 private:
  std::size_t truth_ = 0, predicted_ = 0, right_ = 0;
};

// Numbers.
class RegressionMetrics {
 public:
  // Throws ValueError for different lengths.
  template <class T>
  void add(std::span<const T> truth, std::span<const T> predicted);

  std::size_t count() const { return count_; }
  double rmse() const;  // √ of the mean of (truth - predicted)²
  double mae() const;   // the mean of |truth - predicted|

  // mae() / naive_mae, for the naive_mae() of the training part: below 1 is better than a naive
  // forecast there. Source: Hyndman, Koehler, "Another look at measures of forecast accuracy",
  // 2006.
  double mase(double naive_mae) const { return mae() / naive_mae; }

 private:
  std::size_t count_ = 0;
  double squares_ = 0, absolutes_ = 0;
};

// The mean of |y_t - y_{t-season}|: the error of the (seasonal) naive forecast on the series
// itself. NaN for a series of at most `season` values. Throws ValueError for a season of 0.
double naive_mae(std::span<const double> series, std::size_t season = 1);

extern template void ClassificationMetrics::add(std::span<const std::uint32_t>,
                                                std::span<const std::uint32_t>,
                                                std::span<const float>);
extern template void ClassificationMetrics::add(std::span<const std::uint32_t>,
                                                std::span<const std::uint32_t>,
                                                std::span<const double>);
extern template void RegressionMetrics::add(std::span<const float>, std::span<const float>);
extern template void RegressionMetrics::add(std::span<const double>, std::span<const double>);

}  // namespace unroll

#pragma GCC visibility pop
