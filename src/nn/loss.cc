#include "unroll/nn/loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kernels/softmax.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll {
namespace {

// In the order of LossKind.
constexpr std::array<const char*, 6> kNames = {"softmax",  "sigmoid", "squared_error",
                                               "absolute", "huber",   "gaussian"};

// A block of rows sums in order; the blocks' sums are added in order. The grid depends on R alone.
constexpr std::size_t kMaxBlocks = 64, kChunk = 32;

// The loss of one element and its derivative.
struct Term {
  double loss, derivative;
};

Term sigmoid_term(double x, double t) {
  const double e = std::exp(-std::fabs(x));  // σ(x) = 1 / (1 + e) or e / (1 + e)
  return {std::fmax(x, 0) - x * t + std::log1p(e), (x >= 0 ? 1 : e) / (1 + e) - t};
}
Term squared_error_term(double x, double t) { return {(x - t) * (x - t), 2 * (x - t)}; }
Term absolute_term(double x, double t) {
  const double r = x - t;
  return {std::fabs(r), r > 0 ? 1.0 : r < 0 ? -1.0 : r};  // a NaN stays
}
Term huber_term(double x, double t) {
  const double r = x - t, a = std::fabs(r);
  return a > 1 ? Term{a - 0.5, r > 0 ? 1.0 : -1.0} : Term{r * r / 2, r};
}

constexpr double kSmallestVariance = 1e-6;

double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

template <class T>
bool counts(const LossRows<T>& rows, std::size_t r) {
  return rows.mask == nullptr || rows.mask[r] != 0;
}

// Throws unless every mask, class and target is in its range.
template <class T>
void check(LossKind kind, const LossRows<T>& rows) {
  const std::string name = loss_name(kind);
  if (rows.width == 0) throw ValueError("the loss '" + name + "' has rows of width 0");
  if (kind == LossKind::kGaussian && rows.width % 2 != 0) {
    throw ValueError("the loss 'gaussian' has " + std::to_string(rows.width) +
                     " predictions a row; wanted a mean and a variance for every target");
  }
  if (kind == LossKind::kSoftmax ? rows.classes == nullptr : rows.targets == nullptr) {
    throw ValueError("the loss '" + name + "' has no targets; set LossRows::" +
                     (kind == LossKind::kSoftmax ? "classes" : "targets"));
  }
  const auto refuse = [&](std::size_t row, const std::string& what) {
    throw ValueError("row " + std::to_string(row) + " of the loss '" + name + "' has " + what);
  };
  for (std::size_t r = 0; r < rows.rows; ++r) {
    if (rows.mask != nullptr && !(rows.mask[r] >= 0 && std::isfinite(rows.mask[r]))) {
      refuse(r, "the mask " + std::to_string(rows.mask[r]) + "; wanted a finite number >= 0");
    }
    if (!counts(rows, r)) continue;
    if (kind == LossKind::kSoftmax && rows.classes[r] >= rows.width) {
      refuse(r, "the target class " + std::to_string(rows.classes[r]) + "; wanted 0 to " +
                    std::to_string(rows.width - 1));
    }
    for (std::size_t c = 0; kind == LossKind::kSigmoid && c < rows.width; ++c) {
      const T t = rows.targets[r * rows.width + c];
      if (!(t >= 0 && t <= 1)) {
        refuse(r, "the target " + std::to_string(t) + " in column " + std::to_string(c) +
                      "; wanted 0 to 1");
      }
    }
  }
}

// The sum of w_r l_r over rows [begin, end); gradients are multiplied by `scale`.
template <class T>
double softmax_rows(const LossRows<T>& rows, std::size_t begin, std::size_t end, double scale,
                    T* d_predictions) {
  double sum = 0, losses[kChunk];
  for (std::size_t r = begin; r < end; r += kChunk) {
    const std::size_t count = std::min(kChunk, end - r), at = r * rows.width;
    kernels::softmax_loss<T>({.rows = count,
                              .classes = rows.width,
                              .logits = rows.predictions + at,
                              .logits_stride = rows.width,
                              .targets = rows.classes + r,
                              .weights = rows.mask == nullptr ? nullptr : rows.mask + r,
                              .scale = scale,
                              .losses = losses,
                              .gradient = d_predictions == nullptr ? nullptr : d_predictions + at,
                              .gradient_stride = rows.width});
    for (std::size_t i = 0; i < count; ++i) {
      sum += losses[i] * (rows.mask == nullptr ? 1 : static_cast<double>(rows.mask[r + i]));
    }
  }
  return sum;
}

// The sum over rows [begin, end) of w_r row(r, d), where `row` writes the derivatives d (W) unless
// null; gradients are multiplied by `scale`.
template <class T, class Row>
double weighted_rows(const Row& row, const LossRows<T>& rows, std::size_t begin, std::size_t end,
                     double scale, T* d_predictions) {
  double sum = 0;
  for (std::size_t r = begin; r < end; ++r) {
    T* d = d_predictions == nullptr ? nullptr : d_predictions + r * rows.width;
    if (!counts(rows, r)) {
      if (d != nullptr) std::fill_n(d, rows.width, T(0));
      continue;
    }
    const double weight = rows.mask == nullptr ? 1 : static_cast<double>(rows.mask[r]);
    sum += weight * row(r, d, scale * weight);
  }
  return sum;
}

template <class T, class Function>
double element_rows(const Function& term, const LossRows<T>& rows, std::size_t begin,
                    std::size_t end, double scale, T* d_predictions) {
  const auto row = [&](std::size_t r, T* d, double factor) {
    double sum = 0;
    for (std::size_t c = 0; c < rows.width; ++c) {
      const std::size_t i = r * rows.width + c;
      const Term at =
          term(static_cast<double>(rows.predictions[i]), static_cast<double>(rows.targets[i]));
      sum += at.loss;
      if (d != nullptr) d[c] = static_cast<T>(factor * at.derivative);
    }
    return sum;
  };
  return weighted_rows(row, rows, begin, end, scale, d_predictions);
}

// l = (log 2πv + r²/v) / 2 with r = m - t:  dl/dm = r/v,  dl/ds = (1/v - r²/v²) σ(s) / 2
template <class T>
double gaussian_rows(const LossRows<T>& rows, std::size_t begin, std::size_t end, double scale,
                     T* d_predictions) {
  const std::size_t targets = rows.width / 2;
  const auto row = [&](std::size_t r, T* d, double factor) {
    double sum = 0;
    for (std::size_t c = 0; c < targets; ++c) {
      const double mean = static_cast<double>(rows.predictions[r * rows.width + c]);
      const double s = static_cast<double>(rows.predictions[r * rows.width + targets + c]);
      const double v = gaussian_variance(s);
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

}  // namespace

std::string loss_name(LossKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::vector<std::string> loss_names() { return {kNames.begin(), kNames.end()}; }

LossKind parse_loss(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) throw ValueError(unknown_name_message("loss", name, loss_names()));
  return static_cast<LossKind>(found - kNames.begin());
}

std::size_t prediction_width(LossKind kind, std::size_t target_width) {
  return kind == LossKind::kGaussian ? 2 * target_width : target_width;
}

double gaussian_variance(double s) {
  return std::fmax(s, 0) + std::log1p(std::exp(-std::fabs(s))) + kSmallestVariance +
         (s - s);  // fmax drops a NaN
}

template <class T>
double loss(const ThreadTeam& team, LossKind kind, const LossRows<T>& rows, Reduction reduction,
            T* d_predictions) {
  check(kind, rows);
  double scale = 1;
  if (reduction == Reduction::kMean) {
    double count = rows.mask == nullptr ? static_cast<double>(rows.rows) : 0;
    for (std::size_t r = 0; rows.mask != nullptr && r < rows.rows; ++r) {
      count += static_cast<double>(rows.mask[r]);
    }
    if (kind != LossKind::kSoftmax) {
      count *= static_cast<double>(rows.width / prediction_width(kind, 1));
    }
    scale = count == 0 ? 0 : 1 / count;
  }
  double sums[kMaxBlocks] = {};
  const std::size_t step = std::max(kChunk, (rows.rows + kMaxBlocks - 1) / kMaxBlocks);
  team.for_each_block((rows.rows + step - 1) / step, [&](std::size_t block) {
    const std::size_t begin = block * step, end = std::min(rows.rows, begin + step);
    switch (kind) {
      case LossKind::kSoftmax:
        sums[block] = softmax_rows(rows, begin, end, scale, d_predictions);
        break;
      case LossKind::kSigmoid:
        sums[block] = element_rows(sigmoid_term, rows, begin, end, scale, d_predictions);
        break;
      case LossKind::kSquaredError:
        sums[block] = element_rows(squared_error_term, rows, begin, end, scale, d_predictions);
        break;
      case LossKind::kAbsolute:
        sums[block] = element_rows(absolute_term, rows, begin, end, scale, d_predictions);
        break;
      case LossKind::kHuber:
        sums[block] = element_rows(huber_term, rows, begin, end, scale, d_predictions);
        break;
      case LossKind::kGaussian:
        sums[block] = gaussian_rows(rows, begin, end, scale, d_predictions);
        break;
    }
  });
  double sum = 0;
  for (const double block_sum : sums) sum += block_sum;
  return sum * scale;
}

template double loss<float>(const ThreadTeam&, LossKind, const LossRows<float>&, Reduction, float*);
template double loss<double>(const ThreadTeam&, LossKind, const LossRows<double>&, Reduction,
                             double*);

}  // namespace unroll
