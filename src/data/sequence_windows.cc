#include "unroll/data/sequence_windows.h"

#include "unroll/core/error.h"

namespace unroll {

SequenceWindows::SequenceWindows(const EncodedSequences& sequences, std::size_t steps)
    : steps_(steps) {
  if (steps == 0) throw ValueError("bptt is 0; it must be at least 1");
  if (!sequences.by_step) {
    throw ValueError("the targets are of sequences; a state is carried on where they are of steps");
  }
  std::vector<bool> has_target;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    for (std::size_t t = 0; t < sequences.length(i); ++t) {
      if (!sequences.counts(sequences.begin[i] + t)) continue;
      if (has_target.size() <= t / steps) has_target.resize(t / steps + 1);
      has_target[t / steps] = true;
    }
  }
  for (std::size_t w = 0; w < has_target.size(); ++w) {
    if (has_target[w]) windows_.push_back(w);
  }
}

StepRange SequenceWindows::window(std::size_t i) const {
  return {windows_[i] * steps_, (windows_[i] + 1) * steps_};
}

std::size_t SequenceWindows::read_from(std::size_t i) const {
  return i == 0 ? 0 : (windows_[i - 1] + 1) * steps_;
}

}  // namespace unroll
