// The products over all steps at once, and the packed weights. The time loop is in
// recurrent_steps.cc.

#include "nn/recurrent_layer.h"

#include <algorithm>

#include "kernels/gemm.h"
#include "kernels/pack.h"
#include "kernels/rows.h"

namespace unroll {

using kernels::gemm;
using kernels::matrix;
using kernels::transposed;

template <class T>
RecurrentLayer<T>::RecurrentLayer(const RecurrenceOptions& options, std::size_t inputs,
                                  bool reverse, const std::string& suffix)
    : cell_(find_cell(options.cell)),
      functions_(cell_.simd<T>()),
      inputs_(inputs),
      hidden_(options.hidden_size),
      reverse_(reverse),
      precision_(options.precision) {
  const std::size_t gates = cell_.gates.size();
  const auto parameter = [&](const char* kind, const Shape& shape) {
    return std::make_unique<Parameter<T>>(options.name + "." + kind + suffix, shape);
  };
  weight_ih_ = parameter("weight_ih", {gates * hidden_, inputs_});
  weight_hh_ = parameter("weight_hh", {gates * hidden_, hidden_});
  if (options.bias != Bias::kNone) {
    bias_ih_ = parameter("bias_ih", {gates * hidden_});
    bias_hh_ = parameter("bias_hh", {gates * hidden_});
    bias_hh_->trainable = options.bias == Bias::kTwo;
  }
  forward_first_ = forward_weight(0, cell_.second_product);
  forward_second_ = forward_weight(cell_.second_product, gates);
  backward_first_ = backward_weights(0, cell_.second_product);
  backward_second_ = backward_weights(cell_.second_product, gates);
  for (const Run& run : runs(&Slot::input, 0, gates)) {
    PackedWeight& weight = input_.emplace_back();
    weight.layout = kernels::dense_layout<T>(inputs_, run.count * hidden_, precision_);
    weight.of = run;
  }
  place(input_, 0);
  const std::size_t forward_size = place({&forward_second_, 1}, place({&forward_first_, 1}, 0));
  const std::size_t backward_size = place(backward_second_, place(backward_first_, 0));
  packed_recurrent_ = Tensor<T>({std::max(forward_size, backward_size)});
  state_sequence_.resize(cell_.states.size() - 1);
  slot_bias_ = Tensor<T>({cell_.slots.size() * hidden_});
  slot_sum_ = Tensor<T>({cell_.slots.size() * hidden_});
}

template <class T>
void RecurrentLayer<T>::add_parameters(Parameters<T>& parameters) {
  for (auto* parameter : {weight_ih_.get(), weight_hh_.get(), bias_ih_.get(), bias_hh_.get()}) {
    if (parameter != nullptr) parameters.push_back(parameter);
  }
}

template <class T>
void RecurrentLayer<T>::layout(Arena& arena, std::size_t positions) {
  a_.stride = cell_.slots.size() * hidden_;
  a_.data = arena.take<T>(positions * a_.stride);
  for (T*& sequence : state_sequence_) sequence = arena.take<T>(positions * hidden_);
  operand_ = functions_.gate != nullptr ? arena.take<T>(positions * hidden_) : nullptr;
  previous_.reserve(positions);
}

// The slots that a product reaches, for some gates, as few consecutive runs as possible.
template <class T>
auto RecurrentLayer<T>::runs(bool Slot::*product, std::size_t first_gate,
                             std::size_t last_gate) const -> std::vector<Run> {
  std::vector<Run> runs;
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    const std::size_t gate = cell_.slots[slot].gate;
    if (!(cell_.slots[slot].*product) || gate < first_gate || gate >= last_gate) continue;
    if (!runs.empty() && runs.back().gate + runs.back().count == gate &&
        runs.back().slot + runs.back().count == slot) {
      ++runs.back().count;
    } else {
      runs.push_back({gate, slot, 1});
    }
  }
  return runs;
}

template <class T>
auto RecurrentLayer<T>::forward_weight(std::size_t first_gate, std::size_t last_gate) const
    -> PackedWeight {
  PackedWeight weight;
  if (first_gate == last_gate) return weight;
  std::vector<std::size_t> slot_of_gate(last_gate - first_gate);
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    const std::size_t gate = cell_.slots[slot].gate;
    if (cell_.slots[slot].recurrent && gate >= first_gate && gate < last_gate) {
      slot_of_gate[gate - first_gate] = slot;
    }
  }
  weight.layout = kernels::interleaved_layout<T>(hidden_, hidden_, slot_of_gate, precision_);
  weight.of.gate = first_gate;
  return weight;
}

template <class T>
auto RecurrentLayer<T>::backward_weights(std::size_t first_gate, std::size_t last_gate) const
    -> std::vector<PackedWeight> {
  std::vector<PackedWeight> weights;
  for (const Run& run : runs(&Slot::recurrent, first_gate, last_gate)) {
    PackedWeight weight;
    weight.layout = kernels::dense_layout<T>(run.count * hidden_, hidden_, precision_);
    weight.of = run;
    if (!weights.empty()) {
      weight.rounded = weights.back().rounded + weights.back().layout.packed_depth();
    }
    weights.push_back(std::move(weight));
  }
  return weights;
}

// Panels one weight after the other, from `offset` to what is returned.
template <class T>
std::size_t RecurrentLayer<T>::place(std::span<PackedWeight> weights, std::size_t offset) {
  for (PackedWeight& weight : weights) {
    weight.offset = offset;
    offset += weight.layout.size();
  }
  return offset;
}

template <class T>
const T* RecurrentLayer<T>::state_after(const SequencePlan& plan, std::size_t state,
                                        std::size_t steps, std::size_t rank) const {
  if (steps == 0) return initial_[state] + rank * hidden_;
  const std::size_t position = plan.position(steps - 1, rank, reverse_);
  return state == 0 ? y_.row(position) : state_sequence_[state - 1] + position * hidden_;
}

// W, whose rows have `width` elements, packed for products with its rows (as W^T) or its columns.
template <class T>
void RecurrentLayer<T>::pack(const ThreadTeam& team, const Parameter<T>& w, bool rows,
                             const PackedWeight& weight, Tensor<T>& packed) const {
  const std::size_t width = w.shape()[1];
  const T* from = w.value().data() + weight.of.gate * hidden_ * width;
  const kernels::PackSource<T> source =
      rows ? kernels::PackSource<T>{from, 1, width} : kernels::PackSource<T>{from, width, 1};
  team.for_elements(weight.layout.size())
      .for_each_block(weight.layout.panels(), [&](std::size_t panel) {
        kernels::pack(weight.layout, source, panel, panel + 1, packed.data() + weight.offset);
      });
}

template <class T>
void RecurrentLayer<T>::pack_input(const ThreadTeam& team) {
  if (packed_input_.size() == 0) {
    packed_input_ = Tensor<T>({input_.back().offset + input_.back().layout.size()});
  }
  for (const PackedWeight& weight : input_) pack(team, *weight_ih_, true, weight, packed_input_);
  input_version_ = weight_ih_->version();
}

// W_hh, once an update and way. Both ways use the same memory: it has been in the cache, and a
// training step has no use for the way forward once it is on the way back.
template <class T>
void RecurrentLayer<T>::pack_recurrent(const ThreadTeam& team, bool backward) {
  if (recurrent_version_ == weight_hh_->version() && packed_backward_ == backward) return;
  if (backward) {
    for (const auto* weights : {&backward_first_, &backward_second_}) {
      for (const PackedWeight& weight : *weights) {
        pack(team, *weight_hh_, false, weight, packed_recurrent_);
      }
    }
  } else {
    for (const PackedWeight* weight : {&forward_first_, &forward_second_}) {
      if (weight->layout.depth > 0) pack(team, *weight_hh_, true, *weight, packed_recurrent_);
    }
  }
  recurrent_version_ = weight_hh_->version();
  packed_backward_ = backward;
}

// The sum of a slot's biases, once an update.
template <class T>
void RecurrentLayer<T>::sum_biases() {
  if (!bias_ih_) return;
  const std::uint64_t version = bias_ih_->version() + bias_hh_->version();  // neither ever falls
  if (bias_version_ == version) return;
  bias_version_ = version;
  slot_bias_.fill(T(0));
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    T* sum = slot_bias_.data() + slot * hidden_;
    const auto add = [&](const Parameter<T>& bias) {
      const T* from = bias.value().data() + cell_.slots[slot].gate * hidden_;
      for (std::size_t unit = 0; unit < hidden_; ++unit) sum[unit] += from[unit];
    };
    if (cell_.slots[slot].input) add(*bias_ih_);
    if (cell_.slots[slot].recurrent) add(*bias_hh_);
  }
}

// a = b + x W_ih^T for every position; the recurrent part is added step by step. In training W_ih
// is packed in memory that all products share, since it changes before the next pass.
template <class T>
void RecurrentLayer<T>::input_product(const ThreadTeam& team, std::size_t positions,
                                      bool training) {
  sum_biases();
  const bool packed = input_version_ == weight_ih_->version();
  if (!packed && !training) pack_input(team);
  for (const PackedWeight& weight : input_) {
    const std::size_t first = weight.of.slot * hidden_;
    const kernels::Start<T> bias = {slot_bias_.data() + first, 0};
    if (packed || !training) {
      gemm(team, positions, matrix(x_.data, x_.stride), weight.layout,
           packed_input_.data() + weight.offset, bias, a_.data + first, a_.stride);
    } else {
      gemm(team, positions, weight.of.count * hidden_, inputs_, matrix(x_.data, x_.stride),
           transposed(weight_ih_->value().data() + weight.of.gate * hidden_ * inputs_, inputs_),
           bias, a_.data + first, a_.stride, precision_);
    }
  }
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    if (cell_.slots[slot].input) continue;
    const T* bias = slot_bias_.data() + slot * hidden_;
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
  pack_recurrent(team, false);
  // 1. a = b + x W_ih^T for all positions.
  input_product(team, plan.positions(), training);
  // 2. Step by step: a += h W_hh^T, then the cell's function.
  run_forward(team, plan);
}

template <class T>
void RecurrentLayer<T>::backward(const ThreadTeam& team, const SequencePlan& plan, Rows<const T> dy,
                                 const std::vector<T*>& d_state, Rows<T> dx, bool accumulate_dx,
                                 T* d_operand) {
  for (auto* parameter : {weight_ih_.get(), weight_hh_.get(), bias_ih_.get(), bias_hh_.get()}) {
    if (parameter != nullptr) parameter->make_gradient();
  }
  pack_recurrent(team, true);
  // 3. Step by step, last step first: dh += da W_hh, then the cell's derivative: a becomes da.
  run_backward(team, plan, dy, d_state, d_operand);
  // 4. dW_ih = da^T x, dW_hh = da^T h_{t-1}, db = sum of da, dx = da W_ih.
  weight_gradients(team, plan);
  bias_gradients(team, plan.positions());
  if (dx.data == nullptr) return;
  for (const PackedWeight& weight : input_) {
    const Run& run = weight.of;
    gemm(team, plan.positions(), inputs_, run.count * hidden_,
         matrix<T>(a_.data + run.slot * hidden_, a_.stride),
         matrix(weight_ih_->value().data() + run.gate * hidden_ * inputs_, inputs_),
         {accumulate_dx ? dx.data : nullptr, dx.stride}, dx.data, dx.stride, precision_);
    accumulate_dx = true;
  }
}

template <class T>
void RecurrentLayer<T>::weight_gradients(const ThreadTeam& team, const SequencePlan& plan) {
  const std::size_t positions = plan.positions();
  const auto product = [&](const Run& run, const kernels::Matrix<T>& input, Parameter<T>& weight) {
    const std::size_t width = weight.shape()[1];
    gemm(team, run.count * hidden_, width, positions,
         transposed<T>(a_.data + run.slot * hidden_, a_.stride), input, {},
         weight.gradient.data() + run.gate * hidden_ * width, width, precision_);
  };
  for (const PackedWeight& weight : input_) {
    product(weight.of, matrix(x_.data, x_.stride), *weight_ih_);
  }
  previous_.resize(positions);
  for (std::size_t step = 0; step < plan.steps(); ++step) {
    for (std::size_t rank = 0; rank < plan.active(step); ++rank) {
      previous_[plan.position(step, rank, reverse_)] = state_after(plan, 0, step, rank);
    }
  }
  for (const PackedWeight& weight : backward_first_) {
    product(weight.of, kernels::matrix_of_rows(previous_.data()), *weight_hh_);
  }
  for (const PackedWeight& weight : backward_second_) {
    product(weight.of, matrix<T>(operand_, hidden_), *weight_hh_);
  }
}

template <class T>
void RecurrentLayer<T>::bias_gradients(const ThreadTeam& team, std::size_t positions) {
  if (!bias_ih_) return;
  kernels::column_sums(team, positions, a_.stride, a_.data, slot_sum_.data());
  for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
    const T* from = slot_sum_.data() + slot * hidden_;
    const std::size_t to = cell_.slots[slot].gate * hidden_;
    if (cell_.slots[slot].input) std::copy_n(from, hidden_, bias_ih_->gradient.data() + to);
    if (cell_.slots[slot].recurrent && bias_hh_->trainable) {
      std::copy_n(from, hidden_, bias_hh_->gradient.data() + to);
    }
  }
}

template class RecurrentLayer<float>;
template class RecurrentLayer<double>;

}  // namespace unroll
