#include <algorithm>
#include <cmath>

#include "nn/heads/row_head.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const std::vector<double> kStandard = {0.05, 0.5, 0.95};

const std::vector<double>& checked(const std::vector<double>& levels) {
  bool rise = levels.size() >= 3 && levels.front() > 0 && levels.back() < 1;
  for (std::size_t q = 1; q < levels.size(); ++q) rise = rise && levels[q - 1] < levels[q];
  const auto median = std::find(levels.begin(), levels.end(), 0.5);
  if (rise && median != levels.end() && median != levels.begin() && median + 1 != levels.end()) {
    return levels;
  }
  throw ValueError(
      "the quantiles have to rise between 0 and 1, with 0.5 and one on each side of it");
}

// Q quantiles of each of C numbers, trained by the pinball loss. They are sorted when they are
// read, which never raises that loss: Chernozhukov, Fernández-Val, Galichon, "Quantile and
// probability curves without crossing", 2010.
class Quantiles : public RowHead<Quantiles> {
 public:
  explicit Quantiles(const HeadOptions& options)
      : levels_(checked(options.quantiles.empty() ? kStandard : options.quantiles)),
        median_(static_cast<std::size_t>(std::find(levels_.begin(), levels_.end(), 0.5) -
                                         levels_.begin())) {}

  std::string name() const override { return "quantiles"; }
  HeadOptions options() const override { return {.name = name(), .quantiles = levels_}; }
  HeadTargets targets() const override { return HeadTargets::kNumbers; }
  std::size_t width(std::size_t targets) const override { return levels_.size() * targets; }
  std::optional<double> interval_factor() const override { return 1; }

  template <class T>
  double rows(const LossRows<T>& rows, std::size_t begin, std::size_t end, double scale,
              T* d_predictions) const {
    const std::size_t targets = rows.width / levels_.size();
    const double share = 1 / static_cast<double>(levels_.size());
    const auto row = [&](std::size_t r, T* d, double factor) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.width; ++i) {
        const double x = static_cast<double>(rows.predictions[r * rows.width + i]);
        const double t = static_cast<double>(rows.targets[r * targets + i % targets]);
        const double q = levels_[i / targets], residual = t - x;
        sum += share * (residual > 0 ? q : q - 1) * residual;
        const double slope = residual > 0 ? -q : residual < 0 ? 1 - q : residual;  // a NaN stays
        if (d != nullptr) d[i] = static_cast<T>(factor * share * slope);
      }
      return sum;
    };
    return weighted_rows(row, rows, begin, end, scale, d_predictions);
  }

  // The median, from the lowest to the highest quantile.
  template <class T>
  Decoded<T> answers(const LossRows<T>& rows) const {
    const std::size_t targets = rows.width / levels_.size();
    Decoded<T> decoded;
    decoded.quantiles.resize(rows.rows * rows.width);
    std::vector<double> sorted(levels_.size());
    for (std::size_t r = 0; r < rows.rows; ++r) {
      for (std::size_t c = 0; c < targets; ++c) {
        for (std::size_t q = 0; q < sorted.size(); ++q) {
          sorted[q] = static_cast<double>(rows.predictions[r * rows.width + q * targets + c]);
        }
        std::sort(sorted.begin(), sorted.end(), [](double a, double b) {
          return a < b || (std::isnan(b) && !std::isnan(a));  // NaN last
        });
        std::copy(sorted.begin(), sorted.end(),
                  decoded.quantiles.begin() +
                      static_cast<std::ptrdiff_t>((r * targets + c) * sorted.size()));
        decoded.values.push_back(sorted[median_]);
        decoded.below.push_back(sorted[median_] - sorted.front());
        decoded.above.push_back(sorted.back() - sorted[median_]);
      }
    }
    return decoded;
  }

 private:
  std::vector<double> levels_;  // (Q)
  std::size_t median_;          // its place among them
};

}  // namespace

std::unique_ptr<const Head> quantiles_head(const HeadOptions& options) {
  return std::make_unique<Quantiles>(options);
}

}  // namespace unroll
