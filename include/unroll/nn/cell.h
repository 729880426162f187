#pragma once

#include <cstddef>
#include <string>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// Which cell, and the variants that some cells have.
struct CellOptions {
  std::string name = "lstm";
  std::string activation = "tanh";  // elman: tanh, relu, identity
  std::string reset = "after";      // gru: after (PyTorch) or before the recurrent product
  // Diagonal blocks of the recurrent weights, a divisor of the hidden size: units see those of
  // their own block alone in h_{t-1}. For every cell that has such weights.
  std::size_t heads = 1;

  friend bool operator==(const CellOptions&, const CellOptions&) = default;
};

// The names that CellOptions::name can have.
std::vector<std::string> cell_names();

// Whether a gate of the cell is called f: the one that InitializationOptions::forget_bias is for.
// Throws ValueError for an unknown cell.
bool has_forget_gate(const CellOptions& cell);

// Whether the cell has recurrent weights, which CellOptions::heads cuts into blocks. Throws
// ValueError for an unknown cell.
bool has_recurrent_weights(const CellOptions& cell);

// A step of finite differences that suits the cell (GradientCheckOptions::step): 1e-3 where it is
// smooth, and small where it has a kink or divides by the deviation of a row. Throws ValueError for
// an unknown cell.
double difference_step(const CellOptions& cell);

// Every cell in all its variants, with one head.
std::vector<CellOptions> all_cells();

}  // namespace unroll

#pragma GCC visibility pop
