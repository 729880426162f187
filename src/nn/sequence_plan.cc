#include "nn/sequence_plan.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>

#include "unroll/core/error.h"

namespace unroll {

void SequencePlan::assign(std::size_t steps, std::size_t batch,
                          std::span<const std::size_t> lengths) {
  if (!lengths.empty() && lengths.size() != batch) {
    throw ValueError("there are " + std::to_string(lengths.size()) + " lengths for a batch of " +
                     std::to_string(batch) + " rows; give one length a row");
  }
  for (std::size_t row = 0; row < lengths.size(); ++row) {
    if (lengths[row] > steps) {
      throw ValueError("the length of row " + std::to_string(row) + " is " +
                       std::to_string(lengths[row]) + ", but the batch has " +
                       std::to_string(steps) + " steps");
    }
  }
  const auto length_of = [&](std::size_t row) { return lengths.empty() ? steps : lengths[row]; };
  steps_ = steps;
  rows_.resize(batch);
  lengths_.resize(batch);
  std::iota(rows_.begin(), rows_.end(), std::size_t{0});
  // Rows of equal length keep their order; std::stable_sort would take memory.
  std::sort(rows_.begin(), rows_.end(), [&](std::size_t first, std::size_t second) {
    const std::size_t a = length_of(first), b = length_of(second);
    return a != b ? a > b : first < second;
  });
  for (std::size_t rank = 0; rank < batch; ++rank) lengths_[rank] = length_of(rows_[rank]);
  padded_ = batch > 0 && lengths_.back() < steps;
  offset_.assign(steps + 1, 0);
  std::size_t active = batch;
  for (std::size_t step = 0; step < steps; ++step) {
    while (active > 0 && lengths_[active - 1] <= step) --active;
    offset_[step + 1] = offset_[step] + active;
  }
}

template <class T>
void SequencePlan::gather(const T* padded, std::size_t width, T* packed) const {
  for (std::size_t step = 0; step < steps_; ++step) {
    for (std::size_t rank = 0; rank < active(step); ++rank, packed += width) {
      std::copy_n(padded + (step * batch() + rows_[rank]) * width, width, packed);
    }
  }
}

template <class T>
void SequencePlan::scatter(const T* packed, std::size_t width, T* padded) const {
  for (std::size_t step = 0; step < steps_; ++step) {
    for (std::size_t rank = 0; rank < batch(); ++rank) {
      T* to = padded + (step * batch() + rows_[rank]) * width;
      if (rank < active(step)) {
        std::copy_n(packed, width, to);
        packed += width;
      } else {
        std::fill_n(to, width, T(0));
      }
    }
  }
}

template void SequencePlan::gather<float>(const float*, std::size_t, float*) const;
template void SequencePlan::gather<double>(const double*, std::size_t, double*) const;
template void SequencePlan::gather<std::uint32_t>(const std::uint32_t*, std::size_t,
                                                  std::uint32_t*) const;
template void SequencePlan::scatter<float>(const float*, std::size_t, float*) const;
template void SequencePlan::scatter<double>(const double*, std::size_t, double*) const;

}  // namespace unroll
