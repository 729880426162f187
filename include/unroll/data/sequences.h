#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "unroll/data/reading.h"

#pragma GCC visibility push(default)

namespace unroll {

// What a file says about a sequence beside its steps.
enum class TargetKind : std::uint8_t {
  kNone,
  kLabel,      // one label a sequence
  kStepLabel,  // one label a step
  kValue,      // W numbers a sequence
  kStepValue,  // W numbers a step
};

constexpr bool is_label(TargetKind kind) {
  return kind == TargetKind::kLabel || kind == TargetKind::kStepLabel;
}
constexpr bool is_value(TargetKind kind) {
  return kind == TargetKind::kValue || kind == TargetKind::kStepValue;
}
constexpr bool is_of_steps(TargetKind kind) {
  return kind == TargetKind::kStepLabel || kind == TargetKind::kStepValue;
}

// Labelled or numeric sequences, one after the other, as a reader found them. n sequences; the
// steps of sequence i are begin[i] … begin[i+1]-1, and there may be none. A step is either I
// numbers or one token.
//
// Sequences may share steps, as windows of a series do that overlap. Then S steps are stored, and
// those of sequence i are the stored ones from offsets[i] on; targets have a row for each step of
// each sequence all the same.
struct Sequences {
  std::string source = {};                      // the file, for messages
  Reading reading = {};                         // how it was understood
  std::vector<std::size_t> begin = {0};         // (n+1)
  std::vector<std::size_t> offsets = {};        // (n), or empty: as begin, and S is all steps
  std::vector<std::string> ids = {};            // (n), or empty
  std::size_t features = 0;                     // I; 0 for tokens
  std::vector<std::string> feature_names = {};  // (I), or empty
  std::vector<double> values = {};              // (S, I); NaN where a value is missing
  std::vector<std::string> tokens = {};         // (S)

  TargetKind target = TargetKind::kNone;
  std::vector<std::string> labels = {};  // (n) or (steps)
  std::size_t target_width = 0;          // W
  std::vector<double> targets = {};      // (n, W) or (steps, W)
  // Where a target is NaN, its sequence or step has none and does not count; otherwise a NaN is an
  // error.
  bool targets_may_be_missing = false;
  std::vector<std::string> target_names = {};  // (W), or empty

  std::size_t size() const { return begin.size() - 1; }  // n
  std::size_t steps() const { return begin.back(); }     // of all sequences
  std::size_t length(std::size_t i) const { return begin[i + 1] - begin[i]; }
  std::size_t offset(std::size_t i) const { return offsets.empty() ? begin[i] : offsets[i]; }
  bool of_tokens() const { return features == 0; }
};

}  // namespace unroll

#pragma GCC visibility pop
