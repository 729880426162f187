#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/tensor.h"
#include "unroll/core/visibility.h"
#include "unroll/kernels/precision.h"
#include "unroll/nn/cell.h"

#pragma GCC visibility push(default)

namespace unroll {

// The states of a recurrence, h first ("h", "c" for an LSTM), each (L·D, N, H): entry l·D + d is
// layer l, direction d (0 forward, 1 reverse), as PyTorch has them.
template <class T>
using States = std::vector<Tensor<T>>;

// Rows rows[0], rows[1], … of states (·, N, H) as states (·, rows.size(), H), to split a batch, or
// to follow the beams of a search; and back: row i of `from` becomes row rows[i] of `to`. Throws
// ValueError for a row that is not below N, ShapeError for states that do not fit.
template <class T>
UNROLL_PUBLIC void gather_rows(const States<T>& from, std::span<const std::size_t> rows,
                               States<T>& to);
template <class T>
UNROLL_PUBLIC void scatter_rows(const States<T>& from, std::span<const std::size_t> rows,
                                States<T>& to);

// The biases of the pre-activations.
enum class Bias {
  kNone,  // no bias parameters
  kOne,   // bias_ih alone is trained; bias_hh is there and stays zero
  kTwo,   // bias_ih and bias_hh (PyTorch); under SGD their sum moves twice as fast
};

// "none", "one", "two"; parse_bias throws ValueError, naming the nearest valid name.
std::string bias_name(Bias bias);
Bias parse_bias(const std::string& name);

struct RecurrenceOptions {
  CellOptions cell = {};
  std::size_t input_size = 0;   // I
  std::size_t hidden_size = 0;  // H
  std::size_t layers = 1;       // L
  bool bidirectional = false;   // D = 2
  double dropout = 0;           // on the input of every layer but the first, while training
  Bias bias = Bias::kTwo;
  Precision precision = Precision::kFull;  // of all products; kBf16 for T = float alone
  std::string name = "rnn";                // parameters are called name.weight_ih_l0 …
};

// Any cell, unrolled over time: L layers in D directions, with lengths, initial and final states
// and their gradients. This is its parameters; a RecurrencePass computes with them. They have
// PyTorch's names, gate order and layout: weight_ih_l0 (G·H, I), weight_hh_l0 (G·H, H/heads),
// bias_ih_l0 (G·H), bias_hh_l0 (G·H), …_reverse; layers above the first have D·H inputs.
template <class T>
class Recurrence {
 public:
  // Throws ValueError for an unknown cell or an option out of range.
  explicit Recurrence(const RecurrenceOptions& options);
  ~Recurrence();
  Recurrence(Recurrence&&) noexcept;
  Recurrence& operator=(Recurrence&&) noexcept;

  const RecurrenceOptions& options() const;
  Parameters<T> parameters();
  ConstParameters<T> parameters() const;
  const std::vector<std::string>& state_names() const;
  std::vector<Shape> state_shapes(std::size_t batch) const;
  States<T> zero_states(std::size_t batch) const;
  std::size_t output_size() const;  // D·H

 private:
  template <class>
  friend class PackedRecurrence;
  template <class>
  friend class RecurrencePass;
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class Recurrence<float>;
extern template class Recurrence<double>;

}  // namespace unroll

#pragma GCC visibility pop
