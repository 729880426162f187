#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/core/threads.h"

namespace unroll {

// The losses of a row of W predictions x, with w the row's mask:
//   kSoftmax       -log softmax(x)[class]                  one of W classes; x are logits
//   kSigmoid       sum over the columns of -t log σ(x) - (1-t) log(1 - σ(x)),  0 <= t <= 1
//                  W independent yes-or-no labels; x are logits. Computed as
//                  max(x, 0) - x t + log1p(exp(-|x|)), which neither overflows nor cancels
//   kSquaredError  sum over the columns of (x - t)²        W numbers
enum class LossKind : std::uint8_t { kSoftmax, kSigmoid, kSquaredError };

// What becomes of the rows' losses l_r with masks w_r. Both are PyTorch's reductions of the same
// names, for CrossEntropyLoss, BCEWithLogitsLoss and MSELoss (no factor 1/2), over counted rows.
enum class Reduction : std::uint8_t {
  kMean,  // sum w_r l_r / sum w_r, and for kSigmoid and kSquaredError divided by W as well: the
          // mean over rows and columns. Zero where every mask is zero
  kSum,   // sum w_r l_r
};

// "softmax", "sigmoid" or "squared_error", and back; the latter throws ValueError, naming the
// nearest valid name.
std::string loss_name(LossKind kind);
LossKind parse_loss(const std::string& name);
std::vector<std::string> loss_names();

// Predictions and what they should have been. A sequence's (T, N, W) predictions are T·N rows.
template <class T>
struct LossRows {
  std::size_t rows = 0, width = 0;         // R, W
  const T* predictions = nullptr;          // (R, W)
  const std::uint32_t* classes = nullptr;  // (R), each below W: the targets of kSoftmax
  const T* targets = nullptr;              // (R, W): the targets of the others
  // (R), each >= 0 and finite: 0 for a row that does not count, whose predictions and targets may
  // be anything; null: all ones.
  const T* mask = nullptr;
};

// The loss, in double, and, unless null, its gradient in d_predictions (R, W), zero in the rows
// that do not count; d_predictions may be `predictions`. A NaN among the counted predictions gives
// NaN. Bit-identical for any number of threads. Throws ValueError, before anything is written, when
// W is 0, targets are missing, or a class, target or mask is out of its range.
template <class T>
double loss(const ThreadTeam& team, LossKind kind, const LossRows<T>& rows, Reduction reduction,
            T* d_predictions = nullptr);

}  // namespace unroll
