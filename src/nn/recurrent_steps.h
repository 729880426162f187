#pragma once

#include <cstddef>

#include "nn/recurrent_layer.h"

namespace unroll {

// Shared by the time loop, recurrent_steps.cc, and the stages of its rows, row_stages.cc.
inline constexpr std::size_t kMaxStates = kMaxCellStates;
inline constexpr std::size_t kRows = 48;  // rows that share one walk over the packed weights

// What one thread works on: ranks first, first + stride, … and a part of the units. With enough
// rows each thread has its own rows and all units, and needs no other thread until the end. With
// few, all threads have all rows and each its own units, and they meet after every step.
template <class T>
struct RecurrentLayer<T>::Share {
  std::size_t first_rank, rank_stride;
  std::size_t part, parts;  // of the units
  SpinBarrier* barrier;     // null when the units are not split
  T* rounded;               // (rounded_size()) of kBf16

  void meet() const {
    if (barrier != nullptr) barrier->wait(static_cast<int>(parts));
  }
  // All units of this thread's part of the rows.
  Share by_rows() const {
    return {first_rank + part * rank_stride, rank_stride * parts, 0, 1, nullptr, rounded};
  }
};

// Pointers to the rows of one step, the form that the kernels take.
template <class T>
struct RecurrentLayer<T>::StepRows {
  std::size_t count = 0;
  std::size_t rank[kRows], position[kRows];
  T* a[kRows];
  std::size_t upcoming[kRows];  // position in the step that is next in the loop
  T* operand[kRows];
  const T* previous[kMaxStates][kRows];
  T* next[kMaxStates][kRows];
  const T* const* previous_of[kMaxStates];
  T* const* next_of[kMaxStates];
};

// The gradients of the same rows.
template <class T>
struct RecurrentLayer<T>::StepGradients {
  T* state[kMaxStates][kRows];
  T* const* state_of[kMaxStates];
  T* operand[kRows];
  const T* dy[kRows];
};

}  // namespace unroll
