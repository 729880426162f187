#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shapes.h"

namespace unroll::benchmarks {

// The rows of the table that have a shape in common: each kind of work, with one thread and more.
struct Rows {
  NetworkShape shape = {};
  // What the shape is measured against: this library on another shape, its time multiplied by the
  // operations that ours has for one of its; without one, oneDNN.
  std::optional<NetworkShape> reference = {};
  std::string relation = {};  // of the shape to its reference, where the shape does not say it
  std::vector<Work> work = {Work::kForward, Work::kBackward, Work::kTraining};
};

// "lstm/T70_N20_H200_doubled_T/training/threads:1"
std::string row_name(const Rows& rows, Work work, int threads);

// The shapes that papers and products are measured with and single steps, against oneDNN; shapes
// off the grid, doubled sizes, unequal lengths and dropout, against this library.
std::vector<Rows> all_rows();

}  // namespace unroll::benchmarks
