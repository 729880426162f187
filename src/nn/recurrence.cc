#include "unroll/nn/recurrence.h"

#include "nn/recurrence_weights.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"
#include "unroll/kernels/machine_limit.h"

namespace unroll {
namespace {

template <class T>
void check_options(const RecurrenceOptions& options) {
  const auto check_size = [](const char* name, std::size_t size, std::size_t limit) {
    if (size < 1 || size > limit) {
      throw ValueError(std::string(name) + " is " + std::to_string(size) + "; wanted 1 to " +
                       std::to_string(limit));
    }
  };
  check_size("input_size", options.input_size, 1u << 20);
  check_size("hidden_size", options.hidden_size, 1u << 20);
  check_size("layers", options.layers, 254);
  const std::size_t heads = options.cell.heads;
  if (heads < 1 || options.hidden_size % heads != 0) {
    throw ValueError("heads is " + std::to_string(heads) + "; wanted a divisor of hidden_size, " +
                     std::to_string(options.hidden_size));
  }
  if (heads > 1 && !find_cell(options.cell).is_recurrent()) {
    throw ValueError("heads is " + std::to_string(heads) + ", but the cell '" + options.cell.name +
                     "' has no recurrent weights; leave it at 1");
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw ValueError("dropout is " + std::to_string(options.dropout) + "; wanted 0 <= dropout < 1");
  }
  if (options.precision == Precision::kBf16 && sizeof(T) != sizeof(float)) {
    throw ValueError("precision is bf16, which is for models of floats; wanted full for others");
  }
  static_cast<void>(instruction_set());  // throw when UNROLL_TARGET or UNROLL_CACHES is wrong
  static_cast<void>(caches());
}

}  // namespace

std::string bias_name(Bias bias) {
  return bias == Bias::kNone ? "none" : bias == Bias::kOne ? "one" : "two";
}

Bias parse_bias(const std::string& name) {
  for (const Bias bias : {Bias::kNone, Bias::kOne, Bias::kTwo}) {
    if (bias_name(bias) == name) return bias;
  }
  throw ValueError(unknown_name_message("bias", name, {"none", "one", "two"}));
}

template <class T>
Recurrence<T>::Implementation::Implementation(const RecurrenceOptions& given)
    : options(given),
      cell(find_cell(given.cell)),
      directions(given.bidirectional ? 2 : 1),
      width(directions * given.hidden_size) {
  check_options<T>(options);
  for (std::size_t l = 0; l < options.layers; ++l) {
    const std::string suffix = "_l" + std::to_string(l);
    const std::size_t inputs = l == 0 ? options.input_size : width;
    layers.emplace_back(options, inputs, suffix);
    if (options.bidirectional) layers.emplace_back(options, inputs, suffix + "_reverse");
  }
}

template <class T>
Recurrence<T>::Recurrence(const RecurrenceOptions& options)
    : implementation_(std::make_unique<Implementation>(options)) {}
template <class T>
Recurrence<T>::~Recurrence() = default;
template <class T>
Recurrence<T>::Recurrence(Recurrence&&) noexcept = default;
template <class T>
Recurrence<T>& Recurrence<T>::operator=(Recurrence&&) noexcept = default;

template <class T>
const RecurrenceOptions& Recurrence<T>::options() const {
  return implementation_->options;
}

template <class T>
Parameters<T> Recurrence<T>::parameters() {
  Parameters<T> all;
  for (const RecurrentWeights<T>& layer : implementation_->layers) {
    layer.each_parameter([&](Parameter<T>& parameter) { all.push_back(&parameter); });
  }
  return all;
}

template <class T>
ConstParameters<T> Recurrence<T>::parameters() const {
  ConstParameters<T> all;
  for (const RecurrentWeights<T>& layer : implementation_->layers) {
    layer.each_parameter([&](const Parameter<T>& parameter) { all.push_back(&parameter); });
  }
  return all;
}

template <class T>
const std::vector<std::string>& Recurrence<T>::state_names() const {
  return implementation_->cell.states;
}

template <class T>
std::vector<Shape> Recurrence<T>::state_shapes(std::size_t batch) const {
  return std::vector<Shape>(state_names().size(), implementation_->state_shape(batch));
}

template <class T>
States<T> Recurrence<T>::zero_states(std::size_t batch) const {
  States<T> states;
  for (const Shape& shape : state_shapes(batch)) states.emplace_back(shape);
  return states;
}

template <class T>
std::size_t Recurrence<T>::output_size() const {
  return implementation_->width;
}

template class Recurrence<float>;
template class Recurrence<double>;

}  // namespace unroll
