#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// What the W outputs x of a model mean: their loss, and the answer that is read from them. With t
// the targets, the losses of a row are
//   softmax        -log softmax(x)[class]                  one of W classes; x are logits
//   sigmoid        sum over the columns of -t log σ(x) - (1-t) log(1 - σ(x)),  0 <= t <= 1
//                  W independent yes-or-no labels; x are logits. Computed as
//                  max(x, 0) - x t + log1p(exp(-|x|)), which neither overflows nor cancels
//   squared_error  sum over the columns of (x - t)²        W numbers
//   absolute       sum over the columns of |x - t|         W numbers
//   huber          sum over the columns of (x - t)² / 2 where |x - t| <= 1, else |x - t| - 1/2
//                  W numbers, in units in which 1 is a common deviation. Source: Huber 1964
//   gaussian       sum over the columns of (log 2πv + (m - t)² / v) / 2 for W/2 numbers: x are the
//                  means m, then as many s with the variances v = log(1 + exp(s)) + 10⁻⁶. Source:
//                  Nix, Weigend, "Estimating the mean and variance of the target probability
//                  distribution", 1994
//   quantiles      sum over the columns of the mean over the Q levels q of the pinball loss
//                  q (t - x) where t > x, else (1-q) (x - t), for C numbers: x are the C lowest
//                  quantiles, then the C next ones. Source: Koenker, Bassett, "Regression
//                  quantiles", 1978
//   crf            of a sequence: log Σ exp s(all label paths) - log Σ exp s(those that have the
//                  labels that are known), s the sum of the x and of transitions between labels
//                  that follow each other; x are logits of K labels a step. With kMean a step is
//                  what counts. Source: Lafferty, McCallum, Pereira, "Conditional random fields",
//                  2001
struct HeadOptions {
  std::string name = "softmax";
  // Of `quantiles`: the Q levels, which rise between 0 and 1, with 0.5 and one on each side of it;
  // empty: 0.05, 0.5, 0.95.
  std::vector<double> quantiles = {};

  friend bool operator==(const HeadOptions&, const HeadOptions&) = default;
};

// What a head predicts.
enum class HeadTargets : std::uint8_t {
  kClass,     // one of K classes: LossRows::classes
  kClassSet,  // some of K classes: LossRows::targets of 0 to 1
  kNumbers    // C numbers: LossRows::targets
};

// What becomes of the rows' losses l_r with masks w_r. Both are PyTorch's reductions of the same
// names, for CrossEntropyLoss, BCEWithLogitsLoss, MSELoss (no factor 1/2), L1Loss, HuberLoss and
// GaussianNLLLoss (full), over counted rows.
enum class Reduction : std::uint8_t {
  kMean,  // sum w_r l_r / sum w_r, and but for kClass divided by the columns of the targets as
          // well: the mean over rows and columns. Zero where every mask is zero
  kSum,   // sum w_r l_r
};

// Predictions and what they should have been. A sequence's (T, N, W) predictions are T·N rows.
template <class T>
struct LossRows {
  std::size_t rows = 0, width = 0;         // R, W
  const T* predictions = nullptr;          // (R, W)
  const std::uint32_t* classes = nullptr;  // (R), each below K: the targets of kClass
  const T* targets = nullptr;              // (R, K) or (R, C): those of the others
  // (R), each >= 0 and finite: 0 for a row that does not count, whose predictions and targets may
  // be anything; null: all ones.
  const T* mask = nullptr;
  // Of heads of whole sequences: step t < lengths[n] of sequence n is row first[n] + t·stride, or
  // n + t·stride where `first` is empty. Its predictions count whatever its mask is.
  std::span<const std::size_t> lengths = {}, first = {};
  std::size_t stride = 1;
  std::span<const T> parameter = {};  // the head's own, where it has one
};

// The answers for R rows.
template <class T>
struct Decoded {
  std::vector<std::uint32_t> classes = {};  // (R), of kClass
  std::vector<std::uint8_t> members = {};   // (R, K) of kClassSet: 1 for a class of the set
  std::vector<T> probabilities = {};        // (R, K) of both
  // (R, C) of kNumbers, and an interval value - f below to value + f above; where `below` is empty
  // it is value - f to value + f.
  std::vector<double> values = {}, below = {}, above = {};
  std::vector<double> quantiles = {};  // (R, C, Q) of `quantiles`, rising
};

// An array of a head that is trained with the model: `head.` and its name in the model file.
struct HeadParameter {
  std::string name;
  std::size_t rows, columns;
};

class Head {
 public:
  virtual ~Head();

  virtual std::string name() const = 0;
  virtual HeadOptions options() const;  // with which it was made, standard values filled in
  virtual HeadTargets targets() const = 0;
  // W for K classes or C numbers.
  virtual std::size_t width(std::size_t targets) const { return targets; }
  // Whether a row's loss depends on the rows of its sequence: then LossRows has the sequences, and
  // masks are 0 or 1.
  virtual bool of_sequences() const { return false; }
  // For rows of this width.
  virtual std::optional<HeadParameter> parameter(std::size_t width) const;
  // f of an interval that holds 90 % as far as the head knows; none: it does not.
  virtual std::optional<double> interval_factor() const;

  // The loss, in double, and, unless null, its gradients: in d_predictions (R, W), zero in the rows
  // that do not count, which may be `predictions`; in d_parameter that of the head's parameter. A
  // NaN among the counted predictions gives NaN. Bit-identical for any number of threads. Throws
  // ValueError, before anything is written, when W is 0 or not a width for any targets, targets are
  // missing, or a class, target or mask is out of its range.
  virtual double loss(const ThreadTeam& team, const LossRows<float>& rows, Reduction reduction,
                      float* d_predictions = nullptr, float* d_parameter = nullptr) const = 0;
  virtual double loss(const ThreadTeam& team, const LossRows<double>& rows, Reduction reduction,
                      double* d_predictions = nullptr, double* d_parameter = nullptr) const = 0;

  // Reads neither targets nor masks.
  virtual Decoded<float> decode(const LossRows<float>& rows) const = 0;
  virtual Decoded<double> decode(const LossRows<double>& rows) const = 0;
};

// Throws ValueError: the name is unknown (the message has the nearest one), or an option is out of
// its range.
std::unique_ptr<const Head> make_head(const HeadOptions& options);
std::vector<std::string> head_names();
// Those that predict this.
std::vector<std::string> head_names(HeadTargets targets);

// The loss of a head without a parameter of its own, for models that are no SequenceModel.
template <class T>
UNROLL_PUBLIC double loss(const ThreadTeam& team, const HeadOptions& head, const LossRows<T>& rows,
                          Reduction reduction, T* d_predictions = nullptr);

}  // namespace unroll

#pragma GCC visibility pop
