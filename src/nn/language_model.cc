#include "unroll/nn/language_model.h"

#include "nn/language_model_parameters.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const LanguageModelOptions& checked(const LanguageModelOptions& options) {
  if (options.tied && options.embedding_size != options.hidden_size) {
    throw ValueError("a tied model needs embedding = hidden, but they are " +
                     std::to_string(options.embedding_size) + " and " +
                     std::to_string(options.hidden_size));
  }
  if (options.vocabulary_size < 1) {
    throw ValueError("vocabulary_size is 0; wanted at least 1");
  }
  return options;
}

RecurrenceOptions recurrence_options(const LanguageModelOptions& options) {
  return {.cell = options.cell,
          .input_size = options.embedding_size,
          .hidden_size = options.hidden_size,
          .layers = options.layers,
          .dropout = options.dropout,
          .bias = options.bias,
          .precision = options.precision};
}

}  // namespace

template <class T>
LanguageModel<T>::Implementation::Implementation(const LanguageModelOptions& given)
    : options(checked(given)),
      encoder(given.vocabulary_size, recurrence_options(given), given.tied),
      decoder_bias(std::make_unique<Parameter<T>>("decoder.bias", Shape{given.vocabulary_size})) {
  if (given.tied) return;
  decoder_weight = std::make_unique<Parameter<T>>("decoder.weight",
                                                  Shape{given.vocabulary_size, given.hidden_size});
}

template <class T>
LanguageModel<T>::LanguageModel(const LanguageModelOptions& options)
    : implementation_(std::make_unique<Implementation>(options)) {}
template <class T>
LanguageModel<T>::~LanguageModel() = default;
template <class T>
LanguageModel<T>::LanguageModel(LanguageModel&&) noexcept = default;
template <class T>
LanguageModel<T>& LanguageModel<T>::operator=(LanguageModel&&) noexcept = default;

template <class T>
const LanguageModelOptions& LanguageModel<T>::options() const {
  return implementation_->options;
}

template <class T>
Parameters<T> LanguageModel<T>::parameters() {
  Parameters<T> all;
  implementation_->encoder.add_parameters(all);
  if (implementation_->decoder_weight) all.push_back(implementation_->decoder_weight.get());
  all.push_back(implementation_->decoder_bias.get());
  return all;
}

template <class T>
ConstParameters<T> LanguageModel<T>::parameters() const {
  const Parameters<T> all = const_cast<LanguageModel&>(*this).parameters();
  return {all.begin(), all.end()};
}

template <class T>
void LanguageModel<T>::initialize(const InitializationOptions& options) {
  const Implementation& model = *implementation_;
  const std::size_t hidden = model.options.hidden_size;
  const auto output = [&](Parameter<T>* parameter, Role role) {
    return InitialParameter<T>{parameter, role, hidden, hidden};
  };
  std::vector<InitialParameter<T>> all = {{&model.encoder.embedding->weight(), Role::kEmbedding}};
  for (const auto& p : initial_parameters(implementation_->encoder.recurrence)) all.push_back(p);
  if (model.decoder_weight) all.push_back(output(model.decoder_weight.get(), Role::kWeight));
  all.push_back(output(model.decoder_bias.get(), Role::kBias));
  unroll::initialize(all, options);
}

template <class T>
States<T> LanguageModel<T>::zero_states(std::size_t batch) const {
  return implementation_->encoder.recurrence.zero_states(batch);
}

template <class T>
const std::vector<std::string>& LanguageModel<T>::state_names() const {
  return implementation_->encoder.recurrence.state_names();
}

template class LanguageModel<float>;
template class LanguageModel<double>;

}  // namespace unroll
