#include "unroll/nn/sequence_model.h"

#include <algorithm>
#include <cmath>

#include "nn/sequence_model_parameters.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const SequenceModelOptions& checked(const SequenceModelOptions& options) {
  if ((options.input_size == 0) == (options.vocabulary_size == 0)) {
    throw ValueError(
        "a step is either input_size numbers or one of vocabulary_size tokens; they are " +
        std::to_string(options.input_size) + " and " + std::to_string(options.vocabulary_size));
  }
  const Pooling& p = options.pooling;
  if (p.steps == (p.last || p.mean || p.max)) {
    throw ValueError("the pooling is neither 'steps' nor some of last, mean and max");
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw ValueError("dropout is " + std::to_string(options.dropout) + "; wanted 0 <= dropout < 1");
  }
  return options;
}

// Vectors of D·H that the head reads side by side; 0: those of each step.
std::size_t pooled_parts(const Pooling& parts) {
  return std::size_t{parts.last} + std::size_t{parts.mean} + std::size_t{parts.max};
}

std::size_t recurrent_inputs(const SequenceModelOptions& options) {
  return options.vocabulary_size > 0 ? options.embedding_size : options.input_size;
}

RecurrenceOptions recurrence_options(const SequenceModelOptions& options) {
  return {.cell = options.cell,
          .input_size = recurrent_inputs(options),
          .hidden_size = options.hidden_size,
          .layers = options.layers,
          .bidirectional = options.bidirectional,
          .dropout = options.dropout,
          .bias = options.bias,
          .precision = options.precision};
}

}  // namespace

std::string initial_state_name(InitialState state) {
  constexpr const char* kNames[] = {"zero", "trainable", "given"};
  return kNames[static_cast<std::size_t>(state)];
}

template <class T>
SequenceModel<T>::Implementation::Implementation(const SequenceModelOptions& given)
    : options(checked(given)),
      encoder(given.vocabulary_size, recurrence_options(given)),
      head({.input_size = encoder.recurrence.output_size() *
                          std::max<std::size_t>(1, pooled_parts(given.pooling)),
            .output_size = given.output_size,
            .name = "head"}),
      meaning(make_head(given.head)) {
  options.head = meaning->options();
  if (const auto own = meaning->parameter(given.output_size)) {
    head_parameter =
        std::make_unique<Parameter<T>>("head." + own->name, Shape({own->rows, own->columns}));
  }
  if (options.initial_state != InitialState::kZero) make_initial();
}

template <class T>
std::vector<Shape> SequenceModel<T>::Implementation::initial_shapes() const {
  std::vector<Shape> shapes;
  for (const Shape& state : encoder.recurrence.state_shapes(1)) {
    shapes.push_back(Shape({state[0], state[2]}));
  }
  return shapes;
}

template <class T>
void SequenceModel<T>::Implementation::make_initial() {
  const std::vector<Shape> shapes = initial_shapes();
  std::vector<std::unique_ptr<Parameter<T>>> all;  // as a whole or not at all
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const std::string name = "initial." + encoder.recurrence.state_names()[k];
    all.push_back(std::make_unique<Parameter<T>>(name, shapes[k]));
    all[k]->trainable = options.initial_state == InitialState::kTrainable;
  }
  initial = std::move(all);
}

template <class T>
SequenceModel<T>::SequenceModel(const SequenceModelOptions& options)
    : implementation_(std::make_unique<Implementation>(options)) {}
template <class T>
SequenceModel<T>::~SequenceModel() = default;
template <class T>
SequenceModel<T>::SequenceModel(SequenceModel&&) noexcept = default;
template <class T>
SequenceModel<T>& SequenceModel<T>::operator=(SequenceModel&&) noexcept = default;

template <class T>
const SequenceModelOptions& SequenceModel<T>::options() const {
  return implementation_->options;
}

template <class T>
Parameters<T> SequenceModel<T>::parameters() {
  Parameters<T> all;
  implementation_->encoder.add_parameters(all);
  for (const auto& parameter : implementation_->initial) all.push_back(parameter.get());
  for (Parameter<T>* parameter : implementation_->head.parameters()) all.push_back(parameter);
  if (implementation_->head_parameter) all.push_back(implementation_->head_parameter.get());
  return all;
}

template <class T>
ConstParameters<T> SequenceModel<T>::parameters() const {
  const Parameters<T> all = const_cast<SequenceModel&>(*this).parameters();
  return {all.begin(), all.end()};
}

template <class T>
void SequenceModel<T>::initialize(const InitializationOptions& options) {
  Implementation& model = *implementation_;
  std::vector<InitialParameter<T>> all;
  if (model.encoder.embedding)
    all.push_back({&model.encoder.embedding->weight(), Role::kEmbedding});
  for (const auto& p : initial_parameters(model.encoder.recurrence)) all.push_back(p);
  for (const auto& p : initial_parameters(model.head)) all.push_back(p);
  unroll::initialize(all, options);
  for (const auto& parameter : model.initial) {
    if (parameter->trainable) parameter->edit().fill(T(0));
  }
  if (model.head_parameter) model.head_parameter->edit().fill(T(0));
}

template <class T>
void SequenceModel<T>::set_initial_state(const States<T>& states) {
  Implementation& model = *implementation_;
  const std::vector<Shape> shapes = model.initial_shapes();
  if (states.size() != shapes.size()) {
    throw ShapeError("the initial state has " + std::to_string(states.size()) +
                     " arrays; the cell '" + model.options.cell.name + "' has " +
                     std::to_string(shapes.size()));
  }
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const std::string name = "the initial state '" + state_names()[k] + "'";
    if (states[k].shape() != shapes[k]) {
      throw ShapeError(name + " has shape " + states[k].shape().text() +
                       ", wanted (layers·directions, hidden) = " + shapes[k].text());
    }
    const T* const end = states[k].data() + states[k].size();
    if (!std::all_of(states[k].data(), end, [](T x) { return std::isfinite(x); })) {
      throw ValueError(name + " holds a number that is not finite");
    }
  }
  if (model.initial.empty()) model.make_initial();
  model.options.initial_state = InitialState::kGiven;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    model.initial[k]->trainable = false;
    std::copy_n(states[k].data(), states[k].size(), model.initial[k]->edit().data());
  }
}

template <class T>
States<T> SequenceModel<T>::initial_state() const {
  const std::vector<Shape> shapes = implementation_->initial_shapes();
  States<T> states(shapes.begin(), shapes.end());
  for (std::size_t k = 0; k < implementation_->initial.size(); ++k) {
    const Tensor<T>& value = implementation_->initial[k]->value();
    std::copy_n(value.data(), value.size(), states[k].data());
  }
  return states;
}

template <class T>
const Head& SequenceModel<T>::head() const {
  return *implementation_->meaning;
}

template <class T>
Parameter<T>* SequenceModel<T>::head_parameter() {
  return implementation_->head_parameter.get();
}

template <class T>
std::span<const T> SequenceModel<T>::head_values() const {
  if (!implementation_->head_parameter) return {};
  const Tensor<T>& value = implementation_->head_parameter->value();
  return {value.data(), value.size()};
}

template <class T>
States<T> SequenceModel<T>::zero_states(std::size_t batch) const {
  return implementation_->encoder.recurrence.zero_states(batch);
}

template <class T>
const std::vector<std::string>& SequenceModel<T>::state_names() const {
  return implementation_->encoder.recurrence.state_names();
}

template class SequenceModel<float>;
template class SequenceModel<double>;

}  // namespace unroll
