#include "unroll/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "unroll/core/error.h"

namespace unroll {
namespace {

// a / b; NaN for 0 / 0.
double ratio(std::size_t a, std::size_t b) {
  return static_cast<double>(a) / static_cast<double>(b);
}

// 0 where there is nothing to divide by.
double ratio_or_zero(std::size_t a, std::size_t b) { return b == 0 ? 0 : ratio(a, b); }

// Throws unless there are `wanted` of `what`.
void check_count(const char* what, std::size_t got, std::size_t wanted) {
  if (got == wanted) return;
  throw ValueError("metrics got " + std::to_string(got) + " " + what + "; wanted " +
                   std::to_string(wanted));
}

std::size_t positive(const char* what, std::size_t count) {
  if (count == 0) throw ValueError(std::string("metrics of 0 ") + what + "; wanted at least 1");
  return count;
}

}  // namespace

std::vector<std::size_t> confusion_matrix(const ConfusionCounts& counts, std::size_t classes) {
  std::vector<std::size_t> matrix(classes * classes);
  for (const auto& [place, count] : counts) matrix[place.first * classes + place.second] = count;
  return matrix;
}

double pinball_loss(double level, double truth, double predicted) {
  return (truth > predicted ? level : level - 1) * (truth - predicted);
}

ClassificationMetrics::ClassificationMetrics(std::size_t classes)
    : classes_(positive("classes", classes)),
      true_(classes),
      predicted_(classes),
      right_(classes) {}

template <class T>
void ClassificationMetrics::add(std::span<const std::uint32_t> truth,
                                std::span<const std::uint32_t> predicted,
                                std::span<const T> probabilities) {
  check_count("predicted classes", predicted.size(), truth.size());
  check_count("probabilities", probabilities.size(), truth.size() * classes_);
  for (const std::uint32_t p : predicted) {
    if (p >= classes_) {
      throw ValueError("metrics got the predicted class " + std::to_string(p) + "; wanted 0 to " +
                       std::to_string(classes_ - 1));
    }
  }
  constexpr double kSmallest = std::numeric_limits<T>::epsilon();
  rows_ += truth.size();
  for (std::size_t r = 0; r < truth.size(); ++r) {
    ++predicted_[predicted[r]];
    if (truth[r] >= classes_) {
      ++unknown_rows_;
      unknown_.insert(truth[r]);
      continue;
    }
    ++confusion_[{truth[r], predicted[r]}];
    ++true_[truth[r]];
    right_[truth[r]] += truth[r] == predicted[r] ? 1 : 0;
    const double p = static_cast<double>(probabilities[r * classes_ + truth[r]]);
    nats_ -= std::log(std::clamp(p, kSmallest, 1 - kSmallest));
  }
}

double ClassificationMetrics::accuracy() const {
  return ratio(std::accumulate(right_.begin(), right_.end(), std::size_t{0}), rows_);
}

double ClassificationMetrics::accuracy_of_always(std::uint32_t answer) const {
  if (answer >= classes_) {
    throw ValueError("accuracy_of_always got the class " + std::to_string(answer) +
                     "; wanted 0 to " + std::to_string(classes_ - 1));
  }
  return ratio(true_[answer], rows_);
}

double ClassificationMetrics::macro_f1() const {
  double sum = 0;
  std::size_t labels = unknown_.size();
  for (std::size_t k = 0; k < classes_; ++k) {
    const std::size_t seen = true_[k] + predicted_[k];
    if (seen == 0) continue;
    ++labels;
    sum += ratio(2 * right_[k], seen);
  }
  return sum / static_cast<double>(labels);
}

double ClassificationMetrics::log_loss() const {
  return nats_ / static_cast<double>(rows_ - unknown_rows_);
}

MultiLabelMetrics::MultiLabelMetrics(std::size_t labels) : counts_(positive("labels", labels)) {}

void MultiLabelMetrics::add(std::span<const std::uint8_t> truth,
                            std::span<const std::uint8_t> predicted) {
  const std::size_t labels = counts_.size(), rows = truth.size() / labels;
  check_count("true labels", truth.size(), rows * labels);
  check_count("predicted labels", predicted.size(), truth.size());
  rows_ += rows;
  for (std::size_t r = 0; r < rows; ++r) {
    bool right = true;
    for (std::size_t k = 0; k < labels; ++k) {
      const bool t = truth[r * labels + k] != 0, p = predicted[r * labels + k] != 0;
      counts_[k].both += t && p;
      counts_[k].truth += t;
      counts_[k].predicted += p;
      right = right && t == p;
    }
    right_ += right;
  }
}

double MultiLabelMetrics::subset_accuracy() const { return ratio(right_, rows_); }

double MultiLabelMetrics::micro_f1() const {
  if (rows_ == 0) return std::numeric_limits<double>::quiet_NaN();
  std::size_t both = 0, seen = 0;
  for (const Counts& c : counts_) {
    both += c.both;
    seen += c.truth + c.predicted;
  }
  return ratio_or_zero(2 * both, seen);
}

double MultiLabelMetrics::macro_f1() const {
  if (rows_ == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const Counts& c : counts_) sum += ratio_or_zero(2 * c.both, c.truth + c.predicted);
  return sum / static_cast<double>(counts_.size());
}

template <class T>
void RegressionMetrics::add(std::span<const T> truth, std::span<const T> predicted) {
  check_count("predictions", predicted.size(), truth.size());
  count_ += truth.size();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double error = static_cast<double>(truth[i]) - static_cast<double>(predicted[i]);
    squares_ += error * error;
    absolutes_ += std::fabs(error);
  }
}

double RegressionMetrics::rmse() const { return std::sqrt(squares_ / static_cast<double>(count_)); }
double RegressionMetrics::mae() const { return absolutes_ / static_cast<double>(count_); }

double naive_mae(std::span<const double> series, std::size_t season) {
  if (season == 0) throw ValueError("naive_mae got the season 0; wanted at least 1");
  RegressionMetrics naive;
  if (series.size() > season) {
    naive.add(series.subspan(season), series.first(series.size() - season));
  }
  return naive.mae();
}

template void ClassificationMetrics::add(std::span<const std::uint32_t>,
                                         std::span<const std::uint32_t>, std::span<const float>);
template void ClassificationMetrics::add(std::span<const std::uint32_t>,
                                         std::span<const std::uint32_t>, std::span<const double>);
template void RegressionMetrics::add(std::span<const float>, std::span<const float>);
template void RegressionMetrics::add(std::span<const double>, std::span<const double>);

}  // namespace unroll
