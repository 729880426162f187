#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// The losses of a row of W predictions x, with w the row's mask and t its targets:
//   kSoftmax       -log softmax(x)[class]                  one of W classes; x are logits
//   kSigmoid       sum over the columns of -t log σ(x) - (1-t) log(1 - σ(x)),  0 <= t <= 1
//                  W independent yes-or-no labels; x are logits. Computed as
//                  max(x, 0) - x t + log1p(exp(-|x|)), which neither overflows nor cancels
//   kSquaredError  sum over the columns of (x - t)²        W numbers
//   kAbsolute      sum over the columns of |x - t|         W numbers
//   kHuber         sum over the columns of (x - t)² / 2 where |x - t| <= 1, else |x - t| - 1/2
//                  W numbers, in units in which 1 is a common deviation. Source: Huber 1964
//   kGaussian      sum over the columns of (log 2πv + (m - t)² / v) / 2 for W/2 numbers: x are the
//                  means m, then as many s with the variances v = log(1 + exp(s)) + 10⁻⁶. Source:
//                  Nix, Weigend, "Estimating the mean and variance of the target probability
//                  distribution", 1994
enum class LossKind : std::uint8_t {
  kSoftmax,
  kSigmoid,
  kSquaredError,
  kAbsolute,
  kHuber,
  kGaussian
};

// What becomes of the rows' losses l_r with masks w_r. Both are PyTorch's reductions of the same
// names, for CrossEntropyLoss, BCEWithLogitsLoss, MSELoss (no factor 1/2), L1Loss, HuberLoss and
// GaussianNLLLoss (full), over counted rows.
enum class Reduction : std::uint8_t {
  kMean,  // sum w_r l_r / sum w_r, and but for kSoftmax divided by the columns of the targets as
          // well: the mean over rows and columns. Zero where every mask is zero
  kSum,   // sum w_r l_r
};

// "softmax", "sigmoid", "squared_error", "absolute", "huber" or "gaussian", and back; the latter
// throws ValueError, naming the nearest valid name.
std::string loss_name(LossKind kind);
LossKind parse_loss(const std::string& name);
std::vector<std::string> loss_names();

// Predictions that a row needs for so many target columns: twice as many for kGaussian.
std::size_t prediction_width(LossKind kind, std::size_t target_width);

// v of kGaussian.
double gaussian_variance(double s);
// The 95th percentile of the normal distribution: 90 % lie within as many deviations of the mean.
inline constexpr double kNormalHalfInterval = 1.6448536269514722;

// Predictions and what they should have been. A sequence's (T, N, W) predictions are T·N rows.
template <class T>
struct LossRows {
  std::size_t rows = 0, width = 0;         // R, W
  const T* predictions = nullptr;          // (R, W)
  const std::uint32_t* classes = nullptr;  // (R), each below W: the targets of kSoftmax
  const T* targets = nullptr;              // (R, W), of kGaussian (R, W/2): those of the others
  // (R), each >= 0 and finite: 0 for a row that does not count, whose predictions and targets may
  // be anything; null: all ones.
  const T* mask = nullptr;
};

// The loss, in double, and, unless null, its gradient in d_predictions (R, W), zero in the rows
// that do not count; d_predictions may be `predictions`. A NaN among the counted predictions gives
// NaN. Bit-identical for any number of threads. Throws ValueError, before anything is written, when
// W is 0, or odd for kGaussian, targets are missing, or a class, target or mask is out of its
// range.
template <class T>
UNROLL_PUBLIC double loss(const ThreadTeam& team, LossKind kind, const LossRows<T>& rows,
                          Reduction reduction, T* d_predictions = nullptr);

}  // namespace unroll

#pragma GCC visibility pop
