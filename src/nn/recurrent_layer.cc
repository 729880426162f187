// The products over all steps at once. The time loop is in recurrent_steps.cc.

#include "nn/recurrent_layer.h"

#include <algorithm>

#include "kernels/gemm.h"
#include "kernels/rows.h"

namespace unroll {

using kernels::gemm;
using kernels::matrix;
using kernels::transposed;

template <class T>
RecurrentLayer<T>::RecurrentLayer(const RecurrentWeights<T>& weights,
                                  const PackedWeights<T>* packed, bool reverse)
    : weights_(weights),
      cell_(weights.cell),
      hidden_(weights.hidden),
      shared_(packed),
      reverse_(reverse) {
  state_sequence_.resize(cell_.states.size() - 1);
  slot_sum_ = Tensor<T>({cell_.slots.size() * hidden_});
  if (!weights_.row_stages.empty()) affine_sum_ = Tensor<T>({2 * weights_.row_size});
}

template <class T>
void RecurrentLayer<T>::layout(Arena& arena, std::size_t positions, std::size_t batch) {
  a_.stride = cell_.slots.size() * hidden_;
  a_.data = arena.take<T>(positions * a_.stride);
  for (T*& sequence : state_sequence_) sequence = arena.take<T>(positions * hidden_);
  operand_ = weights_.functions.gate != nullptr ? arena.take<T>(positions * hidden_) : nullptr;
  previous_.reserve(positions);
  if (weights_.row_stages.empty()) return;
  normal_ = {arena.take<T>(positions * weights_.row_size), weights_.row_size};
  inverse_ = arena.take<T>(positions * weights_.row_stages.size());
  d_affine_ = {arena.take<T>(batch * 2 * weights_.row_size), 2 * weights_.row_size};
}

template <class T>
const T* RecurrentLayer<T>::state_after(const SequencePlan& plan, std::size_t state,
                                        std::size_t steps, std::size_t rank) const {
  if (steps == 0) return initial_[state] + rank * hidden_;
  const std::size_t position = plan.position(steps - 1, rank, reverse_);
  return state == 0 ? y_.row(position) : state_sequence_[state - 1] + position * hidden_;
}

// a = b + x W_ih^T for every position; the recurrent part is added step by step. In training W_ih
// is packed in memory that all products share, since it changes before the next pass.
template <class T>
void RecurrentLayer<T>::input_product(const ThreadTeam& team, std::size_t positions,
                                      bool training) {
  if (shared_ == nullptr && !training) own_.pack_input(team, weights_);
  const std::size_t inputs = weights_.inputs;
  const bool is_packed = packed().has_input(weights_);
  for (const PackedWeight& weight : weights_.input) {
    const std::size_t first = weight.of.slot * hidden_;
    const kernels::Start<T> bias = {packed().slot_bias() + first, 0};
    if (is_packed) {
      gemm(team, positions, matrix(x_.data, x_.stride), weight.layout, packed().input(weight), bias,
           a_.data + first, a_.stride);
    } else {
      gemm(team, positions, weight.of.count * hidden_, inputs, matrix(x_.data, x_.stride),
           transposed(weights_.weight_ih->value().data() + weight.of.gate * hidden_ * inputs,
                      inputs),
           bias, a_.data + first, a_.stride, weights_.precision);
    }
  }
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    if (cell_.slots[slot].input) continue;
    const T* bias = packed().slot_bias() + slot * hidden_;
    for (std::size_t p = 0; p < positions; ++p) {
      std::copy_n(bias, hidden_, a_.row(p) + slot * hidden_);
    }
  }
}

template <class T>
void RecurrentLayer<T>::forward(const ThreadTeam& team, const SequencePlan& plan, Rows<const T> x,
                                const std::vector<const T*>& initial, Rows<T> y, bool training) {
  x_ = x;
  y_ = y;
  initial_ = initial;
  if (shared_ == nullptr) {
    own_.pack_recurrent(team, weights_, false);
    own_.sum_biases(weights_);
  }
  // 1. a = b + x W_ih^T for all positions.
  input_product(team, plan.positions(), training);
  // 2. Step by step: a += h W_hh^T, then the cell's function.
  run_forward(team, plan);
}

template <class T>
void RecurrentLayer<T>::backward(const ThreadTeam& team, const SequencePlan& plan, Rows<const T> dy,
                                 const std::vector<T*>& d_state, Rows<T> dx, bool accumulate_dx,
                                 T* d_operand) {
  weights_.each_parameter([](Parameter<T>& parameter) { parameter.make_gradient(); });
  own_.pack_recurrent(team, weights_, true);
  std::fill_n(d_affine_.data, plan.batch() * d_affine_.stride, T(0));
  // 3. Step by step, last step first: dh += da W_hh, then the cell's derivative: a becomes da.
  run_backward(team, plan, dy, d_state, d_operand);
  // 4. dW_ih = da^T x, dW_hh = da^T h_{t-1}, db = sum of da, dx = da W_ih.
  weight_gradients(team, plan);
  bias_gradients(team, plan);
  if (dx.data == nullptr) return;
  for (const PackedWeight& weight : weights_.input) {
    const Run& run = weight.of;
    gemm(team, plan.positions(), weights_.inputs, run.count * hidden_,
         matrix<T>(a_.data + run.slot * hidden_, a_.stride),
         matrix(weights_.weight_ih->value().data() + run.gate * hidden_ * weights_.inputs,
                weights_.inputs),
         {accumulate_dx ? dx.data : nullptr, dx.stride}, dx.data, dx.stride, weights_.precision);
    accumulate_dx = true;
  }
}

template <class T>
void RecurrentLayer<T>::weight_gradients(const ThreadTeam& team, const SequencePlan& plan) {
  const std::size_t positions = plan.positions();
  // Rows row … row + rows - 1 of the gradient, whose pre-activations begin at `slot`.
  const auto product = [&](std::size_t slot, std::size_t row, std::size_t rows,
                           const kernels::Matrix<T>& input, Parameter<T>& weight) {
    const std::size_t width = weight.shape()[1];
    gemm(team, rows, width, positions, transposed<T>(a_.data + slot, a_.stride), input, {},
         weight.gradient.data() + row * width, width, weights_.precision);
  };
  for (const PackedWeight& weight : weights_.input) {
    const Run& run = weight.of;
    product(run.slot * hidden_, run.gate * hidden_, run.count * hidden_, matrix(x_.data, x_.stride),
            *weights_.weight_ih);
  }
  if (!weights_.weight_hh) return;
  previous_.resize(positions);
  for (std::size_t step = 0; step < plan.steps(); ++step) {
    for (std::size_t rank = 0; rank < plan.active(step); ++rank) {
      previous_[plan.position(step, rank, reverse_)] = state_after(plan, 0, step, rank);
    }
  }
  const std::size_t size = hidden_ / weights_.heads;
  for (std::size_t block = 0; block < weights_.heads; ++block) {
    const std::size_t begin = block * size;
    const auto recurrent = [&](const PackedWeight& weight, const kernels::Matrix<T>& input) {
      product(weight.operand, weight.of.gate * hidden_ + begin, weight.layout.depth, input,
              *weights_.weight_hh);
    };
    for (const PackedWeight& weight : weights_.of_block(weights_.backward_first, block)) {
      recurrent(weight, kernels::matrix_of_rows(previous_.data()));
    }
    for (const PackedWeight& weight : weights_.of_block(weights_.backward_second, block)) {
      recurrent(weight, matrix<T>(operand_ + begin, hidden_));
    }
    for (const T*& row : previous_) row += size;
  }
}

template <class T>
void RecurrentLayer<T>::bias_gradients(const ThreadTeam& team, const SequencePlan& plan) {
  if (!weights_.bias_ih && !weights_.vectors && weights_.row_stages.empty()) return;
  kernels::column_sums(team, plan.positions(), a_.stride, a_.data, slot_sum_.data());
  row_stage_gradients(team, plan.batch());
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    const auto give = [&](const std::unique_ptr<Parameter<T>>& to) {
      if (!to || !to->trainable) return;
      std::copy_n(slot_sum_.data() + slot * hidden_, hidden_,
                  to->gradient.data() + cell_.slots[slot].gate * hidden_);
    };
    if (cell_.slots[slot].input) give(weights_.bias_ih);
    if (cell_.slots[slot].recurrent) give(weights_.bias_hh);
    if (cell_.slots[slot].is_vector()) give(weights_.vectors);
  }
}

template class RecurrentLayer<float>;
template class RecurrentLayer<double>;

}  // namespace unroll
