#pragma once

#include <cstddef>
#include <string>

#include "unroll/nn/cell.h"

namespace unroll::benchmarks {

// What is computed in a row of the table.
enum class Work {
  kForward,   // inference
  kBackward,  // of a training pass, whose forward part is not timed
  kTraining,  // forward and backward; of a language model the whole update
};

// A recurrent network, or a language model around it.
struct NetworkShape {
  CellOptions cell = {};
  std::size_t steps = 1, batch = 1;    // T, N
  std::size_t inputs = 0, hidden = 0;  // I, H
  std::size_t layers = 1;              // L
  std::size_t vocabulary = 0;          // V of a language model, whose embeddings have I numbers
  double dropout =
      0;  // between the layers; of a language model also before the first and the output
  bool uniform_lengths = false;  // rows of 1 to T steps; of a network alone
};

inline bool is_step(const NetworkShape& shape) { return shape.steps == 1 && shape.batch == 1; }

// "gru_before/T31_N7_I90_H131"; I where it is not H, L where it is not 1, V of a language model.
std::string shape_name(const NetworkShape& shape);
std::string work_name(Work work);

}  // namespace unroll::benchmarks
