#include "unroll/nn/language_model_pass.h"

#include <cassert>

#include "nn/dropout_sites.h"
#include "nn/language_model_parameters.h"
#include "nn/packed_matrix.h"
#include "nn/vocabulary_output.h"
#include "unroll/core/arena.h"
#include "unroll/core/error.h"

namespace unroll {

template <class T>
class PackedLanguageModel<T>::Implementation {
 public:
  Implementation(const ThreadTeam& team, const typename LanguageModel<T>::Implementation& of)
      : model(of),
        recurrence(team, of.encoder.recurrence),
        output(team, of.output_weight(), of.options.precision) {}

  const typename LanguageModel<T>::Implementation& model;
  PackedRecurrence<T> recurrence;
  PackedMatrix<T> output;
};

template <class T>
class LanguageModelPass<T>::Implementation {
 public:
  using Model = typename LanguageModel<T>::Implementation;
  using Packed = typename PackedLanguageModel<T>::Implementation;

  explicit Implementation(Model& model)
      : model_(model),
        packed_(nullptr),
        encoder_(model.encoder),
        output_(model.output_weight(), *model.decoder_bias, model.options.precision) {}

  explicit Implementation(const Packed& packed)
      : model_(packed.model),
        packed_(&packed),
        encoder_(model_.encoder, packed.recurrence),
        output_(model_.output_weight(), *model_.decoder_bias, model_.options.precision) {}

  void reserve(std::size_t steps, std::size_t batch) {
    encoder_.reserve(steps, batch);
    const std::size_t rows = steps * batch;
    if (rows <= reserved_) return;
    const std::size_t hidden = model_.options.hidden_size;
    reserved_ = 0;  // until there is memory
    workspace_.build([&](Arena& arena) {
      h_ = arena.take<T>(packed_ == nullptr && dropout() > 0 ? rows * hidden : 0);
      dh_ = arena.take<T>(packed_ == nullptr ? rows * hidden : 0);
      output_.layout(arena, rows);
    });
    reserved_ = rows;
  }

  // Embedding and recurrence: h (T·N, H) of the window.
  const T* hidden(const ThreadTeam& team, const TokenWindow& window, States<T>& state,
                  const DropoutKey* key) {
    reserve(window.steps, window.batch);
    const T* h = encoder_.forward(team, nullptr, window.inputs,
                                  {.steps = window.steps,
                                   .batch = window.batch,
                                   .initial = &state,
                                   .final = &state,
                                   .training = key != nullptr,
                                   .dropout = key != nullptr ? *key : DropoutKey{}});
    if (key == nullptr || dropout() == 0) return h;
    places_.assign(*key, window.steps, window.batch);
    drop(team, *key, window.steps * window.batch, h, h_);
    return h_;
  }

  void check_targets(const TokenWindow& window) const {
    const std::size_t count = window.steps * window.batch;
    if (count > 0 && window.targets == nullptr)
      throw ValueError("the window has no targets, which a loss needs");
    check_tokens(window.targets, count, model_.options.vocabulary_size);
  }

  double loss(const ThreadTeam& team, const TokenWindow& window, States<T>& state) {
    check_targets(window);
    const T* h = hidden(team, window, state, nullptr);
    return output_.loss(team, window.steps * window.batch, h, window.targets, window.mask);
  }

  double loss_and_gradient(const ThreadTeam& team, const TokenWindow& window, States<T>& state,
                           double scale, const DropoutKey& key, const States<T>* d_final,
                           States<T>* d_initial) {
    check_targets(window);
    Parameter<T>& weight = model_.output_weight();
    Parameter<T>& bias = *model_.decoder_bias;
    weight.make_gradient();
    bias.make_gradient();
    const std::size_t rows = window.steps * window.batch;
    const T* h = hidden(team, window, state, &key);
    const double loss = output_.loss_and_gradient(
        team, rows, h, window.targets, window.mask, scale,
        {.weight = weight.gradient.data(), .bias = bias.gradient.data(), .h = dh_});
    if (dropout() > 0) drop(team, key, rows, dh_, dh_);
    encoder_.backward(team, dh_, d_final, d_initial);
    return loss;
  }

  void step(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t batch,
            States<T>& state, T* logits) {
    assert(batch == 0 || logits != nullptr);
    const T* h = hidden(team, {1, batch, tokens, nullptr}, state, nullptr);
    if (packed_ != nullptr) {
      packed_->output.check_current();
      packed_->output.multiply(team, batch, h, {}, logits);
    } else {
      const Parameter<T>& weight = model_.output_weight();
      const std::size_t hidden = weight.shape()[1], vocabulary = weight.shape()[0];
      kernels::gemm(team, batch, vocabulary, hidden, kernels::matrix(h, hidden),
                    kernels::transposed(weight.value().data(), hidden), {}, logits, vocabulary,
                    model_.options.precision);
    }
    const Tensor<T>& bias = model_.decoder_bias->value();
    for (std::size_t row = 0; row < batch; ++row) {
      T* to = logits + row * bias.size();
      for (std::size_t token = 0; token < bias.size(); ++token) to[token] += bias[token];
    }
  }

  double dropout() const { return model_.options.dropout; }

  void drop(const ThreadTeam& team, const DropoutKey& key, std::size_t rows, const T* from,
            T* to) const {
    places_.drop(team, dropout(), key, kOutputSite, rows, model_.options.hidden_size, from, to);
  }

  const Model& model_;
  const Packed* packed_;  // null: the weights are read as they are
  EncoderPass<T> encoder_;
  DropoutPlaces places_;
  VocabularyOutput<T> output_;

  Workspace workspace_;
  std::size_t reserved_ = 0;  // T·N
  T* h_ = nullptr;            // (T·N, H) after dropout
  T* dh_ = nullptr;           // (T·N, H)
};

template <class T>
PackedLanguageModel<T>::PackedLanguageModel(const ThreadTeam& team, const LanguageModel<T>& model)
    : implementation_(std::make_unique<Implementation>(team, *model.implementation_)) {}
template <class T>
PackedLanguageModel<T>::~PackedLanguageModel() = default;
template <class T>
PackedLanguageModel<T>::PackedLanguageModel(PackedLanguageModel&&) noexcept = default;
template <class T>
PackedLanguageModel<T>& PackedLanguageModel<T>::operator=(PackedLanguageModel&&) noexcept = default;

template <class T>
const LanguageModelOptions& PackedLanguageModel<T>::options() const {
  return implementation_->model.options;
}

template <class T>
LanguageModelPass<T>::LanguageModelPass(LanguageModel<T>& model)
    : implementation_(std::make_unique<Implementation>(*model.implementation_)) {}
template <class T>
LanguageModelPass<T>::LanguageModelPass(const PackedLanguageModel<T>& packed)
    : implementation_(std::make_unique<Implementation>(*packed.implementation_)) {}
template <class T>
LanguageModelPass<T>::~LanguageModelPass() = default;
template <class T>
LanguageModelPass<T>::LanguageModelPass(LanguageModelPass&&) noexcept = default;
template <class T>
LanguageModelPass<T>& LanguageModelPass<T>::operator=(LanguageModelPass&&) noexcept = default;

template <class T>
States<T> LanguageModelPass<T>::zero_states(std::size_t batch) const {
  return implementation_->model_.encoder.recurrence.zero_states(batch);
}

template <class T>
void LanguageModelPass<T>::reserve(std::size_t steps, std::size_t batch) {
  implementation_->reserve(steps, batch);
}

template <class T>
double LanguageModelPass<T>::loss(const ThreadTeam& team, const TokenWindow& window,
                                  States<T>& state) {
  return implementation_->loss(team, window, state);
}

template <class T>
double LanguageModelPass<T>::loss_and_gradient(const ThreadTeam& team, const TokenWindow& window,
                                               States<T>& state, double scale,
                                               const DropoutKey& dropout, const States<T>* d_final,
                                               States<T>* d_initial) {
  if (implementation_->packed_ != nullptr) {
    throw ValueError("a pass over packed weights does not train");
  }
  return implementation_->loss_and_gradient(team, window, state, scale, dropout, d_final,
                                            d_initial);
}

template <class T>
void LanguageModelPass<T>::step(const ThreadTeam& team, const std::uint32_t* tokens,
                                std::size_t batch, States<T>& state, T* logits) {
  implementation_->step(team, tokens, batch, state, logits);
}

template <class T>
std::size_t LanguageModelPass<T>::workspace_bytes() const {
  return implementation_->workspace_.bytes() + implementation_->encoder_.workspace_bytes();
}

template class PackedLanguageModel<float>;
template class PackedLanguageModel<double>;
template class LanguageModelPass<float>;
template class LanguageModelPass<double>;

}  // namespace unroll
