#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/linear.h"
#include "unroll/nn/recurrence.h"

#pragma GCC visibility push(default)

namespace unroll {

// How parameters start.
//   kTorch    PyTorch's defaults: U(±1/√H) for every parameter of a recurrence, U(±1/√I) for those
//             of a linear layer, N(0, 1) for an embedding
//   kUniform  U(±range) for all, biases too. Source: Zaremba, Sutskever, Vinyals 2014
//   kFanIn    weights N(0, 1/fan_in), an embedding N(0, 0.01²), biases 0. Source: Saito, "Deep
//             Learning from Scratch 2", 2018
enum class Initialization : std::uint8_t { kTorch, kUniform, kFanIn };

// "torch", "uniform" or "fan_in", and back; the latter throws ValueError, naming the nearest valid
// name.
std::string initialization_name(Initialization scheme);
Initialization parse_initialization(const std::string& name);
std::vector<std::string> initialization_names();

struct InitializationOptions {
  Initialization scheme = Initialization::kTorch;
  double range = 0.1;      // of kUniform
  double forget_bias = 0;  // added to bias_ih of every forget gate, whatever the scheme
  std::uint64_t seed = 0;
};

// kGain multiplies what was normalised, and is 1 with every scheme.
enum class Role : std::uint8_t { kEmbedding, kWeight, kBias, kGain };

// A parameter and what the schemes need to know of it.
template <class T>
struct InitialParameter {
  Parameter<T>* parameter = nullptr;
  Role role = Role::kWeight;
  std::size_t fan_in = 1;      // inputs of a unit: the columns of a weight
  std::size_t torch_size = 1;  // kTorch draws U(±1/√torch_size): H of a recurrence, I of a Linear
  std::size_t forget_begin = 0, forget_end = 0;  // elements that forget_bias is added to
};

// What the parameters of a layer are, in the order of its parameters().
template <class T>
UNROLL_PUBLIC std::vector<InitialParameter<T>> initial_parameters(Recurrence<T>& recurrence);
template <class T>
UNROLL_PUBLIC std::vector<InitialParameter<T>> initial_parameters(Linear<T>& linear);

// Sets the values. Each draw is a function of the seed, the parameter's place in the list and the
// element, made in double and rounded to T: float and double models start alike, and the threads do
// not matter. Parameters that are not trainable become zero. Throws ValueError for a range that is
// not positive and finite, and for a forget_bias where no parameter has a forget gate.
template <class T>
UNROLL_PUBLIC void initialize(const std::vector<InitialParameter<T>>& parameters,
                              const InitializationOptions& options);

}  // namespace unroll

#pragma GCC visibility pop
