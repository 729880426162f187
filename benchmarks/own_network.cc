#include "own_network.h"

#include <numeric>

#include "unroll/core/random.h"
#include "unroll/nn/initialization.h"

namespace unroll::benchmarks {
namespace {

std::vector<float> random_numbers(std::size_t size, std::uint64_t item) {
  const Random random(1, RandomUse::kCheck, item);
  std::vector<float> numbers(size);
  for (std::size_t i = 0; i < size; ++i) numbers[i] = static_cast<float>(random.uniform(i, -1, 1));
  return numbers;
}

std::vector<std::size_t> draw_lengths(const NetworkShape& shape) {
  if (!shape.uniform_lengths) return {};
  const Random random(1, RandomUse::kCheck, 3);
  std::vector<std::size_t> lengths(shape.batch);
  for (std::size_t row = 0; row < shape.batch; ++row) {
    lengths[row] = 1 + random.below(row, shape.steps);
  }
  return lengths;
}

// Of each layer weight_ih, weight_hh, bias_ih, bias_hh, in this order.
template <class Get>
std::vector<LayerArrays> by_layer(const Parameters<float>& parameters, const Get& get) {
  const auto copy = [&](const Parameter<float>& parameter) {
    const Tensor<float>& tensor = get(parameter);
    return std::vector<float>(tensor.data(), tensor.data() + tensor.size());
  };
  std::vector<LayerArrays> layers;
  for (std::size_t i = 0; i < parameters.size(); i += 4) {
    layers.push_back({.weight_ih = copy(*parameters[i]),
                      .weight_hh = copy(*parameters[i + 1]),
                      .bias_ih = copy(*parameters[i + 2]),
                      .bias_hh = copy(*parameters[i + 3])});
  }
  return layers;
}

}  // namespace

OwnNetwork::OwnNetwork(const NetworkShape& shape, int threads)
    : team_(threads),
      recurrence_({.cell = shape.cell,
                   .input_size = shape.inputs,
                   .hidden_size = shape.hidden,
                   .layers = shape.layers,
                   .dropout = shape.dropout}),
      pass_(recurrence_),
      parameters_(recurrence_.parameters()),
      lengths_(draw_lengths(shape)),
      x_(random_numbers(shape.steps * shape.batch * shape.inputs, 1)),
      dy_(random_numbers(shape.steps * shape.batch * shape.hidden, 2)),
      dx_(x_.size()),
      initial_(recurrence_.zero_states(shape.batch)),
      final_(recurrence_.zero_states(shape.batch)) {
  initialize(initial_parameters(recurrence_), {.seed = 1});
  call_ = {.steps = shape.steps,
           .batch = shape.batch,
           .lengths = lengths_,
           .initial = &initial_,
           .final = &final_};
}

void OwnNetwork::inference() {
  call_.training = false;
  y_ = pass_.forward(team_, x_.data(), call_);
}

void OwnNetwork::training_forward() {
  for (Parameter<float>* parameter : parameters_) parameter->edit();
  call_.training = true;
  y_ = pass_.forward(team_, x_.data(), call_);
}

void OwnNetwork::backward() { pass_.backward(team_, dy_.data(), nullptr, dx_.data(), nullptr); }

Arrays OwnNetwork::results() const {
  return {.y = std::vector<float>(y_, y_ + dy_.size()),
          .dx = dx_,
          .layers = by_layer(parameters_, [](const Parameter<float>& p) -> const Tensor<float>& {
            return p.gradient;
          })};
}

std::vector<LayerArrays> OwnNetwork::weights() const {
  return by_layer(parameters_,
                  [](const Parameter<float>& p) -> const Tensor<float>& { return p.value(); });
}

double OwnNetwork::tokens() const {
  return static_cast<double>(
      lengths_.empty() ? call_.steps * call_.batch
                       : std::accumulate(lengths_.begin(), lengths_.end(), std::size_t{0}));
}

double OwnNetwork::operations() const {
  double weights = 0;
  for (const Parameter<float>* parameter : parameters_) {
    if (parameter->shape().rank() == 2) weights += static_cast<double>(parameter->size());
  }
  return 2 * weights * tokens();
}

}  // namespace unroll::benchmarks
