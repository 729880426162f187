#include "report/sample_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "output/progress.h"

namespace unroll::app::report {
namespace {

constexpr std::size_t kSampleRows = 20, kWrongRows = 14;

SampleRows sample_of_labels(const PredictionFile& p) {
  std::vector<std::size_t> wrong, right;
  for (std::size_t row = 0; row < p.rows(); ++row) {
    if (p.is_wrong(row)) {
      wrong.push_back(row);
    } else if (right.size() < kSampleRows) {
      right.push_back(row);
    }
  }
  const std::size_t wrong_count = wrong.size();
  const auto certainty = [&](std::size_t row) {
    const double x = p.probability_column() ? p.number(row, *p.probability_column()) : -1;
    return std::isnan(x) ? -1 : x;
  };
  std::stable_sort(wrong.begin(), wrong.end(),
                   [&](std::size_t a, std::size_t b) { return certainty(a) > certainty(b); });
  const std::size_t shown_right =
      std::min(right.size(), kSampleRows - std::min(wrong.size(), kWrongRows));
  wrong.resize(std::min(wrong.size(), kSampleRows - shown_right));
  SampleRows sample = {
      .caption = fmt::format("Wrong: {} of {} predictions. Shown: {} wrong{}, then {} others.",
                             thousands(wrong_count), thousands(p.rows()), wrong.size(),
                             p.probability_column() ? ", the surest first" : "", shown_right)};
  sample.rows = wrong;
  sample.rows.insert(sample.rows.end(), right.begin(),
                     right.begin() + static_cast<std::ptrdiff_t>(shown_right));
  return sample;
}

}  // namespace

std::vector<std::size_t> evenly(std::size_t rows, std::size_t wanted) {
  std::vector<std::size_t> result;
  const std::size_t n = std::min(rows, wanted);
  for (std::size_t i = 0; i < n; ++i) result.push_back(i * rows / n);
  return result;
}

SampleRows sample_rows(const PredictionFile& predictions) {
  const std::size_t rows = predictions.rows();
  if (predictions.kind() == PredictionFile::Kind::kLabels) return sample_of_labels(predictions);
  const std::size_t n = std::min(rows, kSampleRows);
  SampleRows sample = {.caption = fmt::format("{} of {} predictions.", n, thousands(rows))};
  if (predictions.kind() == PredictionFile::Kind::kForecasts) {
    sample.caption = fmt::format("The last {} of {} forecasts.", n, thousands(rows));
    for (std::size_t row = rows - n; row < rows; ++row) sample.rows.push_back(row);
  } else {
    sample.rows = evenly(rows, kSampleRows);
  }
  return sample;
}

}  // namespace unroll::app::report
