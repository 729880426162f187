#pragma once

#include <memory>
#include <string>

#include "rows.h"
#include "timed.h"

namespace unroll::benchmarks {

// Ours and what it is measured against.
struct Pair {
  std::unique_ptr<Timed> own, rival;
  double operations = 0;  // of a forward pass of ours
  double factor = 1;      // by which the rival's time is multiplied: our operations for one of its
  std::string label;      // of the rival
};

// Where the rival is oneDNN, both have computed the same: throws ValueError otherwise.
Pair make_pair(const Rows& rows, int threads);

}  // namespace unroll::benchmarks
