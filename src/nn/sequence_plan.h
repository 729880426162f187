#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace unroll {

// Where the steps of a batch of sequences of different lengths stand in memory.
//
// Rows are ranked by falling length, so that the rows still active at a time are a prefix of the
// ranks; positions hold time 0 of its active ranks, then time 1, and so on. There are P = sum of
// the lengths positions: padding has none, and costs nothing. With equal lengths, positions are
// simply the rows of the (T, N) batch.
class SequencePlan {
 public:
  // Throws ValueError when a length exceeds `steps` or there are not `batch` of them.
  void assign(std::size_t steps, std::size_t batch, std::span<const std::size_t> lengths);

  std::size_t steps() const { return steps_; }
  std::size_t batch() const { return rows_.size(); }
  std::size_t positions() const { return offset_.back(); }
  bool padded() const { return padded_; }  // some length is shorter than `steps`

  std::size_t row(std::size_t rank) const { return rows_[rank]; }  // index in the batch
  std::size_t length(std::size_t rank) const { return lengths_[rank]; }
  // Ranks below this one are longer than `step`.
  std::size_t active(std::size_t step) const {
    return step < steps_ ? offset_[step + 1] - offset_[step] : 0;
  }
  // The position of a rank's step; the reverse direction counts steps from the rank's own end.
  std::size_t position(std::size_t step, std::size_t rank, bool reverse) const {
    return offset_[reverse ? lengths_[rank] - 1 - step : step] + rank;
  }

  // Copies `width` elements a position from or to a padded (T, N, width) array; scatter() writes
  // zeros into the padding.
  template <class T>
  void gather(const T* padded, std::size_t width, T* packed) const;
  template <class T>
  void scatter(const T* packed, std::size_t width, T* padded) const;

 private:
  std::size_t steps_ = 0;
  bool padded_ = false;
  std::vector<std::size_t> rows_, lengths_;  // by rank
  std::vector<std::size_t> offset_ = {0};    // (steps + 1)
};

}  // namespace unroll
