#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "unroll/nn/cell.h"

namespace unroll {

inline constexpr std::size_t kMaxCellStates = 4;  // room that the time loop has

// Some rows of one time step, for the units [begin, end) of `hidden`. Arrays of pointers have an
// entry a row; states come as [state][row]. Shapes a row: a (slots, H), states and operand (H).
template <class T>
struct CellStep {
  std::size_t rows, begin, end, hidden;
  T* const* a;                      // in: pre-activations; out: what backward wants saved
  const T* const* const* previous;  // states before the step
  T* const* const* next;            // states after it
  T* const* operand;                // gate(): what the second product multiplies
};

// The same rows on the way back.
template <class T>
struct CellStepBackward {
  std::size_t rows, begin, end, hidden;
  T* const* a;  // in: what forward saved; out: d(pre-activations)
  const T* const* const* previous;
  const T* const* const* next;
  T* const* const* d_state;   // in: d(next); out: d(previous), less what the products add
  const T* const* dy;         // of the first function on the way back: more of d(next h); or null
  const T* const* d_operand;  // gate_backward(): gradient of gate()'s result
};

template <class T>
struct CellFunctions {
  void (*forward)(const CellStep<T>&) = nullptr;
  void (*backward)(const CellStepBackward<T>&) = nullptr;
  void (*gate)(const CellStep<T>&) = nullptr;  // only where the cell has a second product
  void (*gate_backward)(const CellStepBackward<T>&) = nullptr;
  // Only where row stages normalise what forward() leaves.
  void (*output)(const CellStep<T>&) = nullptr;
  void (*output_backward)(const CellStepBackward<T>&) = nullptr;
};

// One number of a unit at each step: a pre-activation, the sum of the products that reach `gate`'s
// rows of the weights; or, where neither product reaches it, row `gate` of Cell::vectors, or what
// forward() leaves there for a row stage (inner).
struct Slot {
  std::size_t gate;
  bool input, recurrent, inner = false;

  bool is_vector() const { return !input && !recurrent && !inner; }
};
inline constexpr Slot kInnerSlot = {.gate = 0, .input = false, .recurrent = false, .inner = true};

// Slots slot … slot + count - 1 of a row become y = gain x̂ + shift, where x̂ is what they hold with
// mean 0 and variance 1 over all their units (kernels/layer_norm.h). Of pre-activations it is done
// before forward(), and the shift is their biases; of inner slots between forward() and output().
struct RowStage {
  std::string name;  // parameters: gain_<name>, and, for inner slots, bias_<name>, (count·H) each
  std::size_t slot, count;
};

// A cell: its names, its stages and its pointwise functions. A step is the first product; gate()
// and the second product; the row stages of pre-activations; forward(); those of inner slots;
// output().
struct Cell {
  CellOptions options;
  std::vector<std::string> gates;   // in the order of PyTorch's weight rows
  std::vector<std::string> states;  // h first
  std::vector<Slot> slots;
  // Gates from this one on multiply gate()'s result instead of h; gates.size() when there is none.
  std::size_t second_product;
  // The name of the parameter whose rows (H) units multiply elementwise, such as peepholes, on the
  // way back with the gradient of every step; empty where there is none.
  std::string vectors = {};
  std::vector<RowStage> row_stages = {};
  double difference_step = 1e-3;  // difference_step() of unroll/nn/cell.h

  CellFunctions<float> (*simd_f32)() = nullptr;  // for the instruction set in use
  CellFunctions<double> (*simd_f64)() = nullptr;
  CellFunctions<float> reference_f32 = {};  // one unit at a time, with the C library's functions
  CellFunctions<double> reference_f64 = {};

  // Whether it has recurrent weights.
  bool is_recurrent() const {
    return std::any_of(slots.begin(), slots.end(), [](const Slot& slot) { return slot.recurrent; });
  }
  template <class T>
  CellFunctions<T> simd() const {
    if constexpr (sizeof(T) == 4)
      return simd_f32();
    else
      return simd_f64();
  }
  template <class T>
  const CellFunctions<T>& reference() const {
    if constexpr (sizeof(T) == 4)
      return reference_f32;
    else
      return reference_f64;
  }
};

// Throws ValueError for a cell that the time loop could not run: without states or slots, with a
// slot of no gate, a gate that no product or two recurrent ones reach, rows of vectors that are
// not 0, 1, … each once, or row stages that do not fit its slots.
void check_cell(const Cell& cell);

// Throws ValueError naming the nearest valid name.
const Cell& find_cell(const CellOptions& options);

}  // namespace unroll
