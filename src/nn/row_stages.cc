// The stages of a step that need all units of a row, and the cell's functions between them.

#include <algorithm>

#include "kernels/layer_norm.h"
#include "kernels/rows.h"
#include "nn/recurrent_steps.h"

namespace unroll {

// Calls body(stage, 1/σ, row, position) for the row stages of pre-activations, or of inner slots.
template <class T>
template <class Body>
void RecurrentLayer<T>::each_stage(const StepRows& rows, bool inner, const Body& body) const {
  const auto& stages = weights_.row_stages;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    if (stages[s].inner != inner) continue;
    for (std::size_t i = 0; i < rows.count; ++i) {
      body(stages[s], inverse_[rows.position[i] * stages.size() + s], i, rows.position[i]);
    }
  }
}

template <class T>
void RecurrentLayer<T>::normalize(const StepRows& rows, bool inner) const {
  each_stage(rows, inner, [&](const auto& stage, T& inverse, std::size_t i, std::size_t position) {
    inverse = kernels::layer_norm<T>({stage.count, rows.a[i] + stage.begin, packed().gain(stage),
                                      packed().shift(stage), normal_.row(position) + stage.offset});
  });
}

template <class T>
void RecurrentLayer<T>::normalize_backward(const StepRows& rows, bool inner) const {
  each_stage(rows, inner, [&](const auto& stage, T& inverse, std::size_t i, std::size_t position) {
    T* d_gain = d_affine_.row(rows.rank[i]) + stage.offset;
    kernels::layer_norm_backward<T>({stage.count, rows.a[i] + stage.begin, packed().gain(stage),
                                     normal_.row(position) + stage.offset, inverse, d_gain,
                                     d_gain + weights_.row_size});
  });
}

template <class T>
void RecurrentLayer<T>::forward_rows(const StepRows& rows) const {
  const CellStep<T> step = {rows.count,   0,           hidden_, hidden_, rows.a, rows.previous_of,
                            rows.next_of, rows.operand};
  normalize(rows, false);
  weights_.functions.forward(step);
  if (weights_.functions.output == nullptr) return;
  normalize(rows, true);
  weights_.functions.output(step);
}

template <class T>
void RecurrentLayer<T>::backward_rows(const StepRows& rows, const StepGradients& d) const {
  CellStepBackward<T> step = {rows.count,   0,          hidden_, hidden_, rows.a, rows.previous_of,
                              rows.next_of, d.state_of, d.dy,    nullptr};
  if (weights_.functions.output != nullptr) {
    weights_.functions.output_backward(step);
    normalize_backward(rows, true);
    step.dy = nullptr;
  }
  weights_.functions.backward(step);
  normalize_backward(rows, false);
}

// d(gain) and d(shift) are sums over the steps of each row of the batch, and here over the rows: so
// the threads that share the rows do not matter. The shift of pre-activations is their biases.
template <class T>
void RecurrentLayer<T>::row_stage_gradients(const ThreadTeam& team, std::size_t batch) {
  if (weights_.row_stages.empty()) return;
  kernels::column_sums(team, batch, d_affine_.stride, d_affine_.data, affine_sum_.data());
  for (const auto& stage : weights_.row_stages) {
    const T* d_gain = affine_sum_.data() + stage.offset;
    const T* d_shift = d_gain + weights_.row_size;
    std::copy_n(d_gain, stage.count, stage.gain->gradient.data());
    std::copy_n(d_shift, stage.count,
                stage.bias ? stage.bias->gradient.data() : slot_sum_.data() + stage.begin);
  }
}

template void RecurrentLayer<float>::forward_rows(const StepRows&) const;
template void RecurrentLayer<double>::forward_rows(const StepRows&) const;
template void RecurrentLayer<float>::backward_rows(const StepRows&, const StepGradients&) const;
template void RecurrentLayer<double>::backward_rows(const StepRows&, const StepGradients&) const;
template void RecurrentLayer<float>::row_stage_gradients(const ThreadTeam&, std::size_t);
template void RecurrentLayer<double>::row_stage_gradients(const ThreadTeam&, std::size_t);

}  // namespace unroll
