#pragma once

#include <cstddef>
#include <vector>

#include "unroll/data/preprocessing.h"
#include "unroll/data/sequence_batches.h"

#pragma GCC visibility push(default)

namespace unroll {

// Truncated back-propagation through time over sequences with targets of steps: all of them side by
// side, cut into windows of `steps` steps that follow each other; the last one may be shorter. Who
// goes through them carries the states on by value, so that no gradient passes (the detach).
class SequenceWindows {
 public:
  // Throws ValueError where steps is 0 or the targets are not of steps.
  SequenceWindows(const EncodedSequences& sequences, std::size_t steps);

  std::size_t steps() const { return steps_; }
  // Windows with a target that counts. The others are only read, for the state.
  std::size_t per_epoch() const { return windows_.size(); }
  // The steps of the i-th of these; and where what is only read before it begins, at a multiple of
  // steps().
  StepRange window(std::size_t i) const;
  std::size_t read_from(std::size_t i) const;

 private:
  std::size_t steps_;
  std::vector<std::size_t> windows_;  // numbers of the windows that have a target
};

}  // namespace unroll

#pragma GCC visibility pop
