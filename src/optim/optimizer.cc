#include "unroll/optim/optimizer.h"

#include <algorithm>
#include <cmath>

#include "core/range.h"
#include "optim/options.h"
#include "optim/parts.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

// Elements that one thread takes at a time: 5 microseconds of adam in float (AVX-512), many times
// what taking a block costs.
constexpr std::size_t kBlock = 16384;

}  // namespace

template <class T>
struct Optimizer<T>::Impl {
  OptimizerOptions options;
  const optim::Rule& rule;
  optim::Hyper hyper;
  Parameters<T> parameters;
  std::uint64_t updates = 0;

  // Of each parameter: whether it was trainable at first, its value for the time of a step, its
  // state, a slot that is not kept being empty.
  struct Entry {
    bool trainable;
    T* value;
    Tensor<T> state[optim::kMaxSlots];
  };
  std::vector<Entry> entries;

  Impl(const OptimizerOptions& given, const Parameters<T>& all)
      : options(complete(given)),
        rule(optim::find_rule(options)),
        hyper(optim::hyper_of(options)),
        parameters(all) {
    check_names();
    for (const Parameter<T>* parameter : parameters) {
      Entry& entry = entries.emplace_back(Entry{parameter->trainable, nullptr, {}});
      for (std::size_t k = 0; k < rule.slots.size(); ++k) {
        if (entry.trainable && rule.slots[k].kept(hyper)) {
          entry.state[k] = Tensor<T>(parameter->shape());
        }
      }
    }
  }

  void check_names() const {
    std::vector<std::string_view> names;
    for (const Parameter<T>* parameter : parameters) names.push_back(parameter->name());
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) {
      throw ValueError("two parameters have the name '" + std::string(*twice) +
                       "'; an optimizer wants each parameter once");
    }
  }

  void check_step(double learning_rate, double gradient_scale) const {
    check_range("learning_rate", learning_rate, {0, kInfinity, true, false});
    if (!std::isfinite(gradient_scale)) {
      throw NumericError("gradient_scale is " + number_text(gradient_scale) +
                         ": the gradients are not finite");
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!parameters[i]->trainable) continue;
      optim::check_gradient(*parameters[i]);
      if (!entries[i].trainable) {
        throw ValueError("'" + parameters[i]->name() +
                         "' became trainable after its optimizer was made; make a new one");
      }
    }
  }

  void start() {
    for (Entry& entry : entries) {
      for (std::size_t k = 0; k < rule.slots.size(); ++k) {
        entry.state[k].fill(static_cast<T>(rule.slots[k].initial(hyper)));
      }
    }
  }

  optim::Slice<T> slice(std::size_t i, std::size_t at_value, std::size_t at_gradient,
                        std::size_t count) {
    Entry& entry = entries[i];
    optim::Slice<T> result = {
        entry.value + at_value, parameters[i]->gradient.data() + at_gradient, {}, count};
    for (std::size_t k = 0; k < rule.slots.size(); ++k) {
      if (T* state = entry.state[k].data()) result.state[k] = state + at_value;
    }
    return result;
  }

  // The elements [at, at + count) of a gradient.
  void update(std::size_t i, std::size_t at, std::size_t count) {
    const Parameter<T>& parameter = *parameters[i];
    if (!parameter.sparse) {
      rule.updates.simd(hyper, slice(i, at, at, count));
      return;
    }
    const std::size_t columns = parameter.shape()[1];
    for (const std::size_t end = at + count; at < end;) {
      const std::size_t row = at / columns, column = at % columns;
      const std::size_t in_row = std::min(columns - column, end - at);
      rule.updates.simd(hyper, slice(i, parameter.rows[row] * columns + column, at, in_row));
      at += in_row;
    }
  }
};

template <class T>
Optimizer<T>::Optimizer(const OptimizerOptions& options, const Parameters<T>& parameters)
    : impl_(std::make_unique<Impl>(options, parameters)) {}
template <class T>
Optimizer<T>::Optimizer(Optimizer&&) noexcept = default;
template <class T>
Optimizer<T>& Optimizer<T>::operator=(Optimizer&&) noexcept = default;
template <class T>
Optimizer<T>::~Optimizer() = default;

template <class T>
const OptimizerOptions& Optimizer<T>::options() const {
  return impl_->options;
}
template <class T>
std::uint64_t Optimizer<T>::updates() const {
  return impl_->updates;
}

template <class T>
void Optimizer<T>::step(double learning_rate, double gradient_scale, const ThreadTeam& team) {
  Impl& impl = *impl_;
  impl.check_step(learning_rate, gradient_scale);
  optim::Hyper& hyper = impl.hyper;
  hyper.rate = learning_rate;
  hyper.gradient_scale = gradient_scale;
  if (impl.updates == 0) impl.start();
  ++impl.updates;
  hyper.correction1 = 1 - std::pow(hyper.beta1, static_cast<double>(impl.updates));
  hyper.correction2 = 1 - std::pow(hyper.beta2, static_cast<double>(impl.updates));
  for (std::size_t i = 0; i < impl.entries.size(); ++i) {
    if (impl.parameters[i]->trainable) impl.entries[i].value = impl.parameters[i]->edit().data();
  }
  const std::size_t total = optim::gradient_elements(impl.parameters);
  team.for_elements(total).for_each_block((total + kBlock - 1) / kBlock, [&](std::size_t block) {
    optim::for_each_part(
        impl.parameters, block * kBlock, std::min(total, (block + 1) * kBlock),
        [&](std::size_t i, std::size_t at, std::size_t count) { impl.update(i, at, count); });
  });
}

template <class T>
OptimizerState<T> Optimizer<T>::state() const {
  OptimizerState<T> state{impl_->updates, {}};
  for (std::size_t k = 0; k < impl_->rule.slots.size(); ++k) {
    for (std::size_t i = 0; i < impl_->entries.size(); ++i) {
      const Tensor<T>& tensor = impl_->entries[i].state[k];
      if (tensor.data() == nullptr) continue;
      state.tensors.emplace_back(
          std::string(impl_->rule.slots[k].name) + "." + impl_->parameters[i]->name(), &tensor);
    }
  }
  return state;
}

template <class T>
void Optimizer<T>::restore(const OptimizerState<T>& given) {
  const OptimizerState<T> own = state();
  const auto find = [](const OptimizerState<T>& in, const std::string& name) {
    const auto found = std::find_if(in.tensors.begin(), in.tensors.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    return found == in.tensors.end() ? nullptr : found->second;
  };
  std::vector<const Tensor<T>*> sources;
  for (const auto& [name, tensor] : own.tensors) {
    const Tensor<T>* source = find(given, name);
    if (source == nullptr) {
      throw ValueError("the state of the optimizer '" + impl_->options.name +
                       "' lacks the tensor '" + name + "'; was it saved by another optimizer?");
    }
    check_shape("the optimizer's state '" + name + "'", source->shape(), tensor->shape());
    sources.push_back(source);
  }
  for (const auto& [name, tensor] : given.tensors) {
    if (tensor == nullptr || find(own, name) == nullptr) {
      throw ValueError("the optimizer '" + impl_->options.name + "' has no state '" + name +
                       "'; was it saved by another optimizer or model?");
    }
  }
  std::size_t next = 0;
  for (std::size_t k = 0; k < impl_->rule.slots.size(); ++k) {
    for (auto& entry : impl_->entries) {
      if (entry.state[k].data() == nullptr) continue;
      const Tensor<T>& source = *sources[next++];
      std::copy(source.begin(), source.end(), entry.state[k].begin());
    }
  }
  impl_->updates = given.updates;
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace unroll
