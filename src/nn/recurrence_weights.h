#pragma once

#include <vector>

#include "nn/recurrent_weights.h"

namespace unroll {

// The parameters behind a Recurrence: (L·D) layers and directions, layer by layer.
template <class T>
class Recurrence<T>::Implementation {
 public:
  explicit Implementation(const RecurrenceOptions& options);

  Shape state_shape(std::size_t batch) const { return {layers.size(), batch, options.hidden_size}; }

  RecurrenceOptions options;
  const Cell& cell;
  std::size_t directions, width;  // D, D·H
  std::vector<RecurrentWeights<T>> layers;
};

}  // namespace unroll
