#include "unroll/nn/initialization.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "nn/cells/cell.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/core/suggest.h"

namespace unroll {
namespace {

// In the order of Initialization.
constexpr std::array<const char*, 3> kNames = {"torch", "uniform", "fan_in"};

constexpr double kEmbeddingDeviation = 0.01;  // of kFanIn

template <class T>
bool adds_forget_bias(const InitialParameter<T>& p) {
  return p.parameter->trainable && p.forget_begin < p.forget_end;
}

template <class T>
void check(const std::vector<InitialParameter<T>>& parameters,
           const InitializationOptions& options) {
  if (options.scheme == Initialization::kUniform &&
      !(options.range > 0 && std::isfinite(options.range))) {
    throw ValueError("the range of the initial values is " + std::to_string(options.range) +
                     "; wanted a positive number");
  }
  if (!std::isfinite(options.forget_bias)) {
    throw ValueError("forget_bias is " + std::to_string(options.forget_bias) +
                     "; wanted a finite number");
  }
  if (options.forget_bias != 0 &&
      std::none_of(parameters.begin(), parameters.end(), adds_forget_bias<T>)) {
    throw ValueError("forget_bias is " + std::to_string(options.forget_bias) +
                     ", but no parameter is the bias of a forget gate; leave it at 0");
  }
}

// One draw of a parameter's distribution.
template <class T>
double draw(const InitialParameter<T>& p, const InitializationOptions& options,
            const Random& random, std::size_t index) {
  if (p.role == Role::kGain) return 1;
  const auto uniform = [&](double range) { return random.uniform(index, -range, range); };
  switch (options.scheme) {
    case Initialization::kTorch:
      return p.role == Role::kEmbedding ? random.normal(index)
                                        : uniform(1 / std::sqrt(static_cast<double>(p.torch_size)));
    case Initialization::kUniform:
      return uniform(options.range);
    case Initialization::kFanIn:
      break;
  }
  if (p.role == Role::kBias) return 0;
  const double deviation = p.role == Role::kEmbedding
                               ? kEmbeddingDeviation
                               : 1 / std::sqrt(static_cast<double>(p.fan_in));
  return deviation * random.normal(index);
}

}  // namespace

std::string initialization_name(Initialization scheme) {
  return kNames[static_cast<std::size_t>(scheme)];
}

std::vector<std::string> initialization_names() { return {kNames.begin(), kNames.end()}; }

Initialization parse_initialization(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    throw ValueError(unknown_name_message("initialization", name, initialization_names()));
  }
  return static_cast<Initialization>(found - kNames.begin());
}

template <class T>
std::vector<InitialParameter<T>> initial_parameters(Recurrence<T>& recurrence) {
  const std::size_t hidden = recurrence.options().hidden_size;
  const std::vector<std::string>& gates = find_cell(recurrence.options().cell).gates;
  const auto forget = std::find(gates.begin(), gates.end(), "f");
  const std::size_t forget_begin = static_cast<std::size_t>(forget - gates.begin()) * hidden;
  const std::string bias_ih = recurrence.options().name + ".bias_ih_l";
  const std::string gain = recurrence.options().name + ".gain_";
  std::vector<InitialParameter<T>> list;
  for (Parameter<T>* parameter : recurrence.parameters()) {
    InitialParameter<T> entry{.parameter = parameter, .torch_size = hidden};
    if (parameter->shape().rank() == 1) {
      entry.role = parameter->name().starts_with(gain) ? Role::kGain : Role::kBias;
      if (forget != gates.end() && parameter->name().starts_with(bias_ih)) {
        entry.forget_begin = forget_begin;
        entry.forget_end = forget_begin + hidden;
      }
    } else {
      entry.fan_in = parameter->shape()[1];
    }
    list.push_back(entry);
  }
  return list;
}

template <class T>
std::vector<InitialParameter<T>> initial_parameters(Linear<T>& linear) {
  std::vector<InitialParameter<T>> list;
  const std::size_t inputs = linear.options().input_size;
  for (Parameter<T>* parameter : linear.parameters()) {
    list.push_back({.parameter = parameter,
                    .role = parameter->shape().rank() == 1 ? Role::kBias : Role::kWeight,
                    .fan_in = inputs,
                    .torch_size = inputs});
  }
  return list;
}

template <class T>
void initialize(const std::vector<InitialParameter<T>>& parameters,
                const InitializationOptions& options) {
  check(parameters, options);
  for (std::size_t position = 0; position < parameters.size(); ++position) {
    const InitialParameter<T>& p = parameters[position];
    Tensor<T>& value = p.parameter->edit();
    if (!p.parameter->trainable) {
      value.fill(T(0));
      continue;
    }
    const Random random(options.seed, RandomUse::kInitialization, position);
    for (std::size_t i = 0; i < value.size(); ++i) {
      double x = draw(p, options, random, i);
      if (i >= p.forget_begin && i < p.forget_end) x += options.forget_bias;
      value[i] = static_cast<T>(x);
    }
  }
}

template std::vector<InitialParameter<float>> initial_parameters(Recurrence<float>&);
template std::vector<InitialParameter<double>> initial_parameters(Recurrence<double>&);
template std::vector<InitialParameter<float>> initial_parameters(Linear<float>&);
template std::vector<InitialParameter<double>> initial_parameters(Linear<double>&);
template void initialize(const std::vector<InitialParameter<float>>&, const InitializationOptions&);
template void initialize(const std::vector<InitialParameter<double>>&,
                         const InitializationOptions&);

}  // namespace unroll
