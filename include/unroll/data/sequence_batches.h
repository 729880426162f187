#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "unroll/data/preprocessing.h"

#pragma GCC visibility push(default)

namespace unroll {

// Batches of sequences of similar length: in every epoch all sequences are shuffled, sorted by
// length within groups of some batches, and the batches shuffled. A batch is a function of the
// seed, the epoch and its number alone.
class SequenceBatches {
 public:
  // Throws ValueError when there is no sequence or batch_size is 0.
  SequenceBatches(std::vector<std::size_t> lengths, std::size_t batch_size, std::uint64_t seed);

  std::size_t per_epoch() const { return (lengths_.size() + batch_size_ - 1) / batch_size_; }

  // The indices of its sequences; valid until the next call. Batch numbers are below per_epoch().
  std::span<const std::size_t> batch(std::uint64_t epoch, std::size_t number);

 private:
  void shuffle(std::uint64_t epoch);

  std::vector<std::size_t> lengths_;
  std::size_t batch_size_;
  std::uint64_t seed_;
  std::uint64_t epoch_ = 0;
  std::vector<std::size_t> order_;        // sequences of epoch_, batch after batch
  std::vector<std::size_t> batch_order_;  // batches of epoch_
};

// Steps first … last-1 of every sequence that has them.
struct StepRange {
  std::size_t first = 0, last = std::numeric_limits<std::size_t>::max();
};

// Some sequences, or a part of each, as one time-major array, padded to the longest.
template <class T>
struct PaddedBatch {
  std::size_t steps = 0, batch = 0;   // T, N
  std::vector<std::size_t> lengths;   // (N)
  std::vector<T> values;              // (T, N, I), 0 in the padding
  std::vector<std::uint32_t> tokens;  // (T, N), 0 in the padding
  // What is to be predicted of row r: of sequence r, or by step of (t, n) = (r / N, r % N).
  std::size_t rows = 0;
  std::vector<std::uint32_t> classes;  // (R)
  std::vector<T> targets;              // (R, W)
  std::vector<T> weights;  // (R); 0 in the padding, for unknown classes and missing targets

  // Takes `indices` of `from`. `class_weights` (K) may be empty: all 1. `range` is for targets of
  // steps.
  void assign(const EncodedSequences& from, std::span<const std::size_t> indices,
              std::span<const double> class_weights = {}, StepRange range = {});
};

// Two parts of `count` things, each ascending. `held_out` has a share of about `fraction` of every
// label's things, at least one of a label that has two or more, and never all; without labels, of
// all. Throws ValueError unless 0 < fraction < 1, and for another number of labels.
struct Split {
  std::vector<std::size_t> kept, held_out;
};
Split stratified_split(std::size_t count, std::span<const std::string> labels, double fraction,
                       std::uint64_t seed);

extern template struct PaddedBatch<float>;
extern template struct PaddedBatch<double>;

}  // namespace unroll

#pragma GCC visibility pop
