#pragma once

#include "unroll/core/parameter.h"
#include "unroll/core/random.h"
#include "unroll/nn/recurrence.h"

namespace unroll {

// Uniform numbers in [-range, range), the same for the same stream.
template <class Array>
void fill_random(Array& array, std::uint64_t stream, double range = 1) {
  const Random random(11, RandomUse::kCheck, stream);
  std::uint64_t index = 0;
  for (auto& value : array) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(
        random.uniform(index++, -range, range));
  }
}

template <class T>
void fill_random(const Parameters<T>& parameters, std::uint64_t stream, double range = 1) {
  for (Parameter<T>* parameter : parameters) {
    if (parameter->trainable) fill_random(parameter->edit(), stream, range);
    ++stream;
  }
}

template <class T>
void fill_random_states(States<T>& states, std::uint64_t stream) {
  for (Tensor<T>& state : states) fill_random(state, stream++);
}

}  // namespace unroll
