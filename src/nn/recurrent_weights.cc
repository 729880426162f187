#include "nn/recurrent_weights.h"

#include <algorithm>

#include "kernels/pack.h"

namespace unroll {
namespace {

// Panels one weight after the other, from `offset` to what is returned.
template <class Packed>
std::size_t place(std::vector<Packed>& weights, std::size_t offset) {
  for (Packed& weight : weights) {
    weight.offset = offset;
    offset += weight.layout.size();
  }
  return offset;
}

// W, whose rows have `width` elements, packed for products with its rows (as W^T) or its columns.
template <class T, class Packed>
void pack_weight(const ThreadTeam& team, const Parameter<T>& w, bool rows, const Packed& weight,
                 Tensor<T>& packed) {
  const std::size_t width = w.shape()[1];
  const T* from = w.value().data() + weight.from;
  const kernels::PackSource<T> source =
      rows ? kernels::PackSource<T>{from, 1, width} : kernels::PackSource<T>{from, width, 1};
  team.for_elements(weight.layout.size())
      .for_each_block(weight.layout.panels(), [&](std::size_t panel) {
        kernels::pack(weight.layout, source, panel, panel + 1, packed.data() + weight.offset);
      });
}

// Neither version ever falls.
template <class T>
std::uint64_t version_of_biases(const RecurrentWeights<T>& weights) {
  std::uint64_t sum = 0;
  for (const auto* parameter : {&weights.bias_ih, &weights.bias_hh, &weights.vectors}) {
    if (*parameter) sum += (*parameter)->version();
  }
  for (const auto& stage : weights.row_stages) {
    sum += stage.gain->version() + (stage.bias ? stage.bias->version() : 0);
  }
  return sum;
}

}  // namespace

template <class T>
RecurrentWeights<T>::RecurrentWeights(const RecurrenceOptions& options, std::size_t inputs_of_layer,
                                      const std::string& suffix)
    : cell(find_cell(options.cell)),
      functions(cell.simd<T>()),
      inputs(inputs_of_layer),
      hidden(options.hidden_size),
      heads(options.cell.heads),
      precision(options.precision) {
  const std::size_t gates = cell.gates.size();
  const auto parameter = [&](const char* kind, const Shape& shape) {
    return std::make_unique<Parameter<T>>(options.name + "." + kind + suffix, shape);
  };
  weight_ih = parameter("weight_ih", {gates * hidden, inputs});
  const bool recurrent = cell.is_recurrent();
  if (recurrent) weight_hh = parameter("weight_hh", {gates * hidden, hidden / heads});
  if (options.bias != Bias::kNone) bias_ih = parameter("bias_ih", {gates * hidden});
  if (options.bias != Bias::kNone && recurrent) {
    bias_hh = parameter("bias_hh", {gates * hidden});
    bias_hh->trainable = options.bias == Bias::kTwo;
  }
  const auto rows = static_cast<std::size_t>(
      std::count_if(cell.slots.begin(), cell.slots.end(), [](Slot s) { return s.is_vector(); }));
  if (rows > 0) vectors = parameter(cell.vectors.c_str(), {rows, hidden});
  make_row_stages(options, suffix);
  forward_first = forward_weights(0, cell.second_product);
  forward_second = forward_weights(cell.second_product, gates);
  backward_first = backward_weights(0, cell.second_product);
  backward_second = backward_weights(cell.second_product, gates);
  for (const Run& run : runs(&Slot::input, 0, gates)) {
    Packed& weight = input.emplace_back();
    weight.layout = kernels::dense_layout<T>(inputs, run.count * hidden, precision);
    weight.of = run;
    weight.from = run.gate * hidden * inputs;
  }
  input_size = place(input, 0);
  recurrent_size = std::max(place(forward_second, place(forward_first, 0)),
                            place(backward_second, place(backward_first, 0)));
}

template <class T>
void RecurrentWeights<T>::make_row_stages(const RecurrenceOptions& options,
                                          const std::string& suffix) {
  for (const RowStage& stage : cell.row_stages) {
    const std::size_t count = stage.count * hidden;
    const auto parameter = [&](const char* kind) {
      return std::make_unique<Parameter<T>>(options.name + kind + stage.name + suffix,
                                            Shape({count}));
    };
    const bool inner = cell.slots[stage.slot].inner;
    row_stages.push_back({.inner = inner,
                          .begin = stage.slot * hidden,
                          .count = count,
                          .offset = row_size,
                          .gain = parameter(".gain_"),
                          .bias = nullptr});
    if (inner && options.bias != Bias::kNone) row_stages.back().bias = parameter(".bias_");
    row_size += count;
  }
}

// The slots that a product reaches, for some gates, as few consecutive runs as possible; the
// recurrent product of several blocks takes them one by one, since their units do not follow on
// each other.
template <class T>
auto RecurrentWeights<T>::runs(bool Slot::*product, std::size_t first_gate,
                               std::size_t last_gate) const -> std::vector<Run> {
  std::vector<Run> runs;
  for (std::size_t slot = 0; slot < cell.slots.size(); ++slot) {
    const std::size_t gate = cell.slots[slot].gate;
    if (!(cell.slots[slot].*product) || gate < first_gate || gate >= last_gate) continue;
    const bool apart = product == &Slot::recurrent && heads > 1;
    if (!apart && !runs.empty() && runs.back().gate + runs.back().count == gate &&
        runs.back().slot + runs.back().count == slot) {
      ++runs.back().count;
    } else {
      runs.push_back({gate, slot, 1});
    }
  }
  return runs;
}

template <class T>
auto RecurrentWeights<T>::forward_weights(std::size_t first_gate, std::size_t last_gate) const
    -> std::vector<Packed> {
  if (runs(&Slot::recurrent, first_gate, last_gate).empty()) return std::vector<Packed>(1);
  std::vector<std::size_t> slot_of_gate(last_gate - first_gate);
  for (std::size_t slot = 0; slot < cell.slots.size(); ++slot) {
    const std::size_t gate = cell.slots[slot].gate;
    if (cell.slots[slot].recurrent && gate >= first_gate && gate < last_gate) {
      slot_of_gate[gate - first_gate] = slot;
    }
  }
  const std::size_t size = hidden / heads;
  std::vector<Packed> weights(heads);
  for (std::size_t block = 0; block < heads; ++block) {
    Packed& weight = weights[block];
    const std::size_t begin = block * size;
    weight.layout = kernels::interleaved_layout<T>(size, size, slot_of_gate, precision);
    for (kernels::PackedColumns& v : weight.layout.vectors) {  // of gates and slots of H units
      v.source = v.source / size * hidden + begin + v.source % size;
      v.output = v.output / size * hidden + begin + v.output % size;
    }
    weight.of.gate = first_gate;
    weight.from = first_gate * hidden * size;
    weight.operand = begin;
    weight.end = begin + size;
  }
  return weights;
}

template <class T>
auto RecurrentWeights<T>::backward_weights(std::size_t first_gate, std::size_t last_gate) const
    -> std::vector<Packed> {
  const std::size_t size = hidden / heads;
  std::vector<Packed> weights;
  for (std::size_t block = 0; block < heads; ++block) {
    const std::size_t begin = block * size;
    for (const Run& run : runs(&Slot::recurrent, first_gate, last_gate)) {
      Packed weight;
      weight.layout = kernels::dense_layout<T>(run.count * size, size, precision);
      for (kernels::PackedColumns& v : weight.layout.vectors) {
        v.source += begin;
        v.output += begin;
      }
      weight.of = run;
      weight.from = (run.gate * hidden + begin) * size - begin;
      weight.operand = run.slot * hidden + begin;
      weight.end = begin + size;
      if (!weights.empty()) {
        weight.rounded = weights.back().rounded + weights.back().layout.packed_depth();
      }
      weights.push_back(std::move(weight));
    }
  }
  return weights;
}

template <class T>
void PackedWeights<T>::repack_input(const ThreadTeam& team, const RecurrentWeights<T>& weights) {
  if (input_.size() == 0) input_ = Tensor<T>({weights.input_size});
  for (const auto& weight : weights.input) {
    pack_weight(team, *weights.weight_ih, true, weight, input_);
  }
  input_version_ = weights.weight_ih->version();
}

template <class T>
void PackedWeights<T>::repack_recurrent(const ThreadTeam& team, const RecurrentWeights<T>& weights,
                                        bool backward) {
  const Parameter<T>& w = *weights.weight_hh;
  if (recurrent_.size() == 0) recurrent_ = Tensor<T>({weights.recurrent_size});
  const auto pack = [&](const auto& list) {
    for (const auto& weight : list) {
      if (weight.layout.depth > 0) pack_weight(team, w, !backward, weight, recurrent_);
    }
  };
  pack(backward ? weights.backward_first : weights.forward_first);
  pack(backward ? weights.backward_second : weights.forward_second);
  recurrent_version_ = w.version();
  backward_ = backward;
}

template <class T>
void PackedWeights<T>::sum_biases(const RecurrentWeights<T>& weights) {
  const std::uint64_t version = version_of_biases(weights);
  if (bias_version_ == version && slot_bias_.data() != nullptr) return;
  const std::size_t hidden = weights.hidden;
  const std::vector<Slot>& slots = weights.cell.slots;
  if (slot_bias_.size() == 0) slot_bias_ = Tensor<T>({slots.size() * hidden});
  bias_version_ = version;
  slot_bias_.fill(T(0));
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    T* sum = slot_bias_.data() + slot * hidden;
    const auto add = [&](const std::unique_ptr<Parameter<T>>& parameter) {
      if (!parameter) return;
      const T* from = parameter->value().data() + slots[slot].gate * hidden;
      for (std::size_t unit = 0; unit < hidden; ++unit) sum[unit] += from[unit];
    };
    if (slots[slot].input) add(weights.bias_ih);
    if (slots[slot].recurrent) add(weights.bias_hh);
    if (slots[slot].is_vector()) add(weights.vectors);
  }
  if (weights.row_stages.empty()) return;
  if (gain_.size() == 0) gain_ = shift_ = Tensor<T>({weights.row_size});
  for (const auto& stage : weights.row_stages) {
    T* bias = slot_bias_.data() + stage.begin;
    std::copy_n(stage.gain->value().data(), stage.count, gain_.data() + stage.offset);
    std::copy_n(stage.bias ? stage.bias->value().data() : bias, stage.count,
                shift_.data() + stage.offset);
    std::fill_n(bias, stage.count, T(0));
  }
}

template <class T>
bool PackedWeights<T>::is_current(const RecurrentWeights<T>& weights) const {
  const bool recurrent = !weights.weight_hh || recurrent_version_ == weights.weight_hh->version();
  return has_input(weights) && recurrent && !backward_ &&
         bias_version_ == version_of_biases(weights);
}

template struct RecurrentWeights<float>;
template struct RecurrentWeights<double>;
template class PackedWeights<float>;
template class PackedWeights<double>;

}  // namespace unroll
