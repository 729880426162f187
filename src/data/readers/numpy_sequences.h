#pragma once

#include <optional>
#include <string>

#include "data/readers/npy.h"
#include "unroll/data/sequences.h"

namespace unroll::detail {

// The arrays of one file, with their names for messages.
struct NumpyArrays {
  std::optional<NpyArray> x, y, lengths;
  std::string x_name = "x", y_name = "y";
};

// Fills `out`:
//   x        (n, T) or (n, T, I), numbers
//   lengths  (n), integers 0 … T; T where there is none
//   y        (n) for kLabel, (n, T) for kStepLabel: integers or texts; (n) or (n, W) for kValue,
//            (n, T) or (n, T, W) for kStepValue: numbers
// Throws FormatError that begins with out.source.
void fill_from_numpy(const NumpyArrays& arrays, Sequences& out);

}  // namespace unroll::detail
