#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "unroll/data/sequences.h"

#pragma GCC visibility push(default)

namespace unroll {

struct NumberRange {
  std::string name;  // empty where the file has none
  double least = 0, mean = 0, most = 0;
};

// What was read, for people to see that it is what they meant.
struct DataSummary {
  std::string source = {};
  Reading reading = {};
  std::size_t sequences = 0, steps = 0;
  std::size_t shortest = 0, median = 0, longest = 0;  // steps of a sequence
  std::size_t features = 0;                           // of numbers; 0: a step is a token
  std::vector<std::string> feature_names = {};        // (features), or empty
  std::size_t missing_values = 0;
  TargetKind target = TargetKind::kNone;
  std::string target_column = {};                                // of a table: "column 3 ('x')"
  std::vector<std::pair<std::string, std::size_t>> labels = {};  // the most frequent first
  std::vector<NumberRange> targets = {};                         // of numbers
};

DataSummary summarize(const Sequences& sequences);

// Throws FormatError for training data that are hardly meant as they were read: nearly every label
// stands once (not where labels are sets, `label_sets`); every sequence of a long table has one
// step; the ids of a table are all the same. The message says what to do.
void require_plausible(const Sequences& train, bool label_sets = false);

}  // namespace unroll

#pragma GCC visibility pop
