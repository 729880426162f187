#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/dropout.h"
#include "unroll/nn/recurrence.h"

#pragma GCC visibility push(default)

namespace unroll {

// The weights of a recurrence in the order in which products read them: made once, and shared by
// any number of passes in any threads. The recurrence must outlive it; a pass throws ValueError
// when its parameters have changed since.
template <class T>
class PackedRecurrence {
 public:
  PackedRecurrence(const ThreadTeam& team, const Recurrence<T>& recurrence);
  ~PackedRecurrence();
  PackedRecurrence(PackedRecurrence&&) noexcept;
  PackedRecurrence& operator=(PackedRecurrence&&) noexcept;

 private:
  template <class>
  friend class RecurrencePass;
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<const Implementation> implementation_;
};

// The memory of a pass over a recurrence, forward and back.
//
// Forward, per layer and direction: (1) one product for the inputs of all steps; (2) per step, the
// recurrent product and the cell's function. Backward: (3) the same steps in reverse, keeping the
// gradients of all pre-activations; (4) one product each for dW_ih, dW_hh and dx.
// Source: Werbos, "Backpropagation Through Time", 1990.
//
// Results are bit-identical for any number of threads. A pass is for one thread of control at a
// time. Memory is taken when a call is larger than all before it, and never otherwise.
template <class T>
class RecurrencePass {
 public:
  // To train: backward() writes the gradients of the parameters, and weights are packed again
  // whenever they have changed. The recurrence must outlive it.
  explicit RecurrencePass(Recurrence<T>& recurrence);
  // To run: forward() alone, and not in training. `packed` must outlive it.
  explicit RecurrencePass(const PackedRecurrence<T>& packed);
  ~RecurrencePass();
  RecurrencePass(RecurrencePass&&) noexcept;
  RecurrencePass& operator=(RecurrencePass&&) noexcept;

  struct Call {
    std::size_t steps = 0, batch = 0;           // T, N
    std::span<const std::size_t> lengths = {};  // (N), each 0 … T in any order; empty: all T
    const States<T>* initial = nullptr;         // null: zero
    States<T>* final = nullptr;                 // may be the same object as `initial`
    bool training = false;                      // draw dropout, and allow backward()
    DropoutKey dropout = {};
  };

  // Takes the memory for calls of up to T steps and N rows, which then take none.
  void reserve(std::size_t steps, std::size_t batch);

  // x (T, N, I). Returns y (T, N, D·H), valid until the next call; steps beyond a row's length are
  // zero there, and are not computed. A row of length 0 ends in its initial state.
  const T* forward(const ThreadTeam& team, const T* x, const Call& call);

  // The same with values: y (T, N, D·H) and the final states, from x (T, N, I) and the initial
  // states, none for zero; on one thread, with all lengths T. So that `auto [y, state] = gru(x,
  // state)` steps on. Throws ShapeError.
  std::pair<Tensor<T>, States<T>> operator()(const Tensor<T>& x, const States<T>& state = {});

  // For the last forward(), which was a training call: from dy (T, N, D·H) and, unless null, the
  // gradient of the final states, writes the gradient of every parameter and, unless null, dx
  // (T, N, I), which may be dy's array, and the gradient of the initial states.
  void backward(const ThreadTeam& team, const T* dy, const States<T>* d_final, T* dx,
                States<T>* d_initial);

  std::size_t workspace_bytes() const;

 private:
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class PackedRecurrence<float>;
extern template class PackedRecurrence<double>;
extern template class RecurrencePass<float>;
extern template class RecurrencePass<double>;

}  // namespace unroll

#pragma GCC visibility pop
