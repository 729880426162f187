#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/kernels/precision.h"
#include "unroll/nn/cell.h"
#include "unroll/nn/parameter.h"

#pragma GCC visibility push(default)

namespace unroll {

// The states of a recurrence, h first ("h", "c" for an LSTM), each (L·D, N, H): entry l·D + d is
// layer l, direction d (0 forward, 1 reverse), as PyTorch has them.
template <class T>
using States = std::vector<Tensor<T>>;

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

// Which dropout masks to draw. The same seed and update draw the same masks.
struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint64_t update = 0;
};

// Any cell, unrolled over time: L layers in D directions, with lengths, initial and final states
// and their gradients. Parameters have PyTorch's names, gate order and layout: weight_ih_l0 (G·H,
// I), weight_hh_l0 (G·H, H), bias_ih_l0 (G·H), bias_hh_l0 (G·H), …_reverse; layers above the first
// have D·H inputs.
//
// Forward, per layer and direction: (1) one product for the inputs of all steps; (2) per step, the
// recurrent product and the cell's function. Backward: (3) the same steps in reverse, keeping the
// gradients of all pre-activations; (4) one product each for dW_ih, dW_hh and dx.
// Source: Werbos, "Backpropagation Through Time", 1990.
//
// Results are bit-identical for any number of threads. An object is for one thread of control at a
// time. Memory is taken when a call is larger than all before it, and never otherwise.
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
  const std::vector<std::string>& state_names() const;
  std::vector<Shape> state_shapes(std::size_t batch) const;
  States<T> zero_states(std::size_t batch) const;
  std::size_t output_size() const;  // D·H

  struct Call {
    std::size_t steps = 0, batch = 0;           // T, N
    std::span<const std::size_t> lengths = {};  // (N), each 0 … T in any order; empty: all T
    const States<T>* initial = nullptr;         // null: zero
    States<T>* final = nullptr;                 // may be the same object as `initial`
    bool training = false;                      // draw dropout, and allow backward()
    DropoutKey dropout = {};
  };

  // x (T, N, I). Returns y (T, N, D·H), valid until the next call; steps beyond a row's length are
  // zero there, and are not computed. A row of length 0 ends in its initial state.
  const T* forward(const ThreadTeam& team, const T* x, const Call& call);

  // For the last forward(), which was a training call: from dy (T, N, D·H) and, unless null, the
  // gradient of the final states, writes the gradient of every parameter and, unless null, dx
  // (T, N, I) and the gradient of the initial states.
  void backward(const ThreadTeam& team, const T* dy, const States<T>* d_final, T* dx,
                States<T>* d_initial);

  std::size_t workspace_bytes() const;

 private:
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class Recurrence<float>;
extern template class Recurrence<double>;

}  // namespace unroll

#pragma GCC visibility pop
