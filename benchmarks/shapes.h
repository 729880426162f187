#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "unroll/nn/cell.h"

namespace unroll::benchmarks {

// What is computed in a row of the table.
enum class Work {
  kForward,   // inference
  kBackward,  // of a training pass, whose forward part is not timed
  kTraining,  // forward and backward
};

struct NetworkShape {
  CellOptions cell = {};
  std::size_t steps = 1, batch = 1;    // T, N
  std::size_t inputs = 0, hidden = 0;  // I, H
  std::size_t layers = 1;              // L
  bool uniform_lengths = false;        // rows of 1 to T steps
  std::vector<Work> work = {Work::kForward, Work::kBackward, Work::kTraining};
};

// "gru_before/T31_N7_I90_H131"; I where it is not H, L where it is not 1.
std::string shape_name(const NetworkShape& shape);
std::string work_name(Work work);

// The shapes that papers and products are measured with, their neighbours off the grid, sequences
// of unequal lengths, and single steps.
std::vector<NetworkShape> all_shapes();

}  // namespace unroll::benchmarks
