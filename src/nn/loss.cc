#include "unroll/nn/loss.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/softmax.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll {
namespace {

// In the order of LossKind.
constexpr std::array<const char*, 3> kNames = {"softmax", "sigmoid", "squared_error"};

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

template <class T>
bool counts(const LossRows<T>& rows, std::size_t r) {
  return rows.mask == nullptr || rows.mask[r] != 0;
}

// Throws unless every mask, class and target is in its range.
template <class T>
void check(LossKind kind, const LossRows<T>& rows) {
  const std::string name = loss_name(kind);
  if (rows.width == 0) throw ValueError("the loss '" + name + "' has rows of width 0");
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

template <class T, class Function>
double element_rows(const Function& term, const LossRows<T>& rows, std::size_t begin,
                    std::size_t end, double scale, T* d_predictions) {
  double sum = 0;
  for (std::size_t r = begin; r < end; ++r) {
    T* d = d_predictions == nullptr ? nullptr : d_predictions + r * rows.width;
    if (!counts(rows, r)) {
      if (d != nullptr) std::fill_n(d, rows.width, T(0));
      continue;
    }
    const double weight = rows.mask == nullptr ? 1 : static_cast<double>(rows.mask[r]);
    double row_sum = 0;
    for (std::size_t c = 0; c < rows.width; ++c) {
      const std::size_t i = r * rows.width + c;
      const Term at =
          term(static_cast<double>(rows.predictions[i]), static_cast<double>(rows.targets[i]));
      row_sum += at.loss;
      if (d != nullptr) d[c] = static_cast<T>(scale * weight * at.derivative);
    }
    sum += weight * row_sum;
  }
  return sum;
}

}  // namespace

std::string loss_name(LossKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::vector<std::string> loss_names() { return {kNames.begin(), kNames.end()}; }

LossKind parse_loss(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) throw ValueError(unknown_name_message("loss", name, loss_names()));
  return static_cast<LossKind>(found - kNames.begin());
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
    if (kind != LossKind::kSoftmax) count *= static_cast<double>(rows.width);
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
