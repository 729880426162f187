#include <cmath>
#include <numbers>

#include "nn/heads/row_head.h"

namespace unroll {
namespace {

constexpr double kSmallestVariance = 1e-6;
// The 95th percentile of the normal distribution: 90 % lie within as many deviations of the mean.
constexpr double kNormalHalfInterval = 1.6448536269514722;

double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

double variance(double s) {
  return std::fmax(s, 0) + std::log1p(std::exp(-std::fabs(s))) + kSmallestVariance +
         (s - s);  // fmax drops a NaN
}

class Gaussian : public RowHead<Gaussian> {
 public:
  std::string name() const override { return "gaussian"; }
  HeadTargets targets() const override { return HeadTargets::kNumbers; }
  std::size_t width(std::size_t targets) const override { return 2 * targets; }
  std::optional<double> interval_factor() const override { return kNormalHalfInterval; }

  // l = (log 2πv + r²/v) / 2 with r = m - t:  dl/dm = r/v,  dl/ds = (1/v - r²/v²) σ(s) / 2
  template <class T>
  double rows(const LossRows<T>& rows, std::size_t begin, std::size_t end, double scale,
              T* d_predictions) const {
    const std::size_t targets = rows.width / 2;
    const auto row = [&](std::size_t r, T* d, double factor) {
      double sum = 0;
      for (std::size_t c = 0; c < targets; ++c) {
        const double mean = static_cast<double>(rows.predictions[r * rows.width + c]);
        const double s = static_cast<double>(rows.predictions[r * rows.width + targets + c]);
        const double v = variance(s);
        const double residual = mean - static_cast<double>(rows.targets[r * targets + c]);
        sum += (std::log(2 * std::numbers::pi * v) + residual * residual / v) / 2;
        if (d == nullptr) continue;
        d[c] = static_cast<T>(factor * residual / v);
        d[targets + c] =
            static_cast<T>(factor * (1 / v - residual * residual / (v * v)) * sigmoid(s) / 2);
      }
      return sum;
    };
    return weighted_rows(row, rows, begin, end, scale, d_predictions);
  }

  // The deviation √v on both sides of the mean.
  template <class T>
  Decoded<T> answers(const LossRows<T>& rows) const {
    const std::size_t targets = rows.width / 2;
    Decoded<T> decoded;
    for (std::size_t r = 0; r < rows.rows; ++r) {
      for (std::size_t c = 0; c < targets; ++c) {
        const T* x = rows.predictions + r * rows.width + c;
        decoded.values.push_back(static_cast<double>(x[0]));
        decoded.below.push_back(std::sqrt(variance(static_cast<double>(x[targets]))));
      }
    }
    decoded.above = decoded.below;
    return decoded;
  }
};

}  // namespace

std::unique_ptr<const Head> gaussian_head(const HeadOptions&) {
  return std::make_unique<Gaussian>();
}

}  // namespace unroll
