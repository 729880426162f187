#include "unroll/nn/language_model.h"

#include <algorithm>

#include "kernels/dropout.h"
#include "nn/dropout_sites.h"
#include "nn/vocabulary_output.h"
#include "unroll/core/arena.h"
#include "unroll/core/error.h"
#include "unroll/nn/embedding.h"

namespace unroll {
namespace {

const LanguageModelOptions& checked(const LanguageModelOptions& options) {
  if (options.tied && options.embedding_size != options.hidden_size) {
    throw ValueError("a tied model needs embedding = hidden, but they are " +
                     std::to_string(options.embedding_size) + " and " +
                     std::to_string(options.hidden_size));
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
class LanguageModel<T>::Implementation {
 public:
  explicit Implementation(const LanguageModelOptions& options)
      : options_(checked(options)),
        encoder_(options.vocabulary_size, options.embedding_size, "encoder", options.tied),
        recurrence_(recurrence_options(options)),
        decoder_bias_("decoder.bias", {options.vocabulary_size}),
        decoder_weight_(options.tied ? nullptr
                                     : std::make_unique<Parameter<T>>(
                                           "decoder.weight",
                                           Shape({options.vocabulary_size, options.hidden_size}))),
        output_(output_weight(), decoder_bias_, options.precision) {}

  Parameter<T>& output_weight() { return options_.tied ? encoder_.weight() : *decoder_weight_; }

  Parameters<T> parameters() {
    Parameters<T> all = {&encoder_.weight()};
    for (Parameter<T>* parameter : recurrence_.parameters()) all.push_back(parameter);
    if (decoder_weight_) all.push_back(decoder_weight_.get());
    all.push_back(&decoder_bias_);
    return all;
  }

  void check_window(const TokenWindow& window) const {
    const std::size_t count = window.steps * window.batch;
    for (const std::uint32_t* tokens : {window.inputs, window.targets}) {
      for (std::size_t i = 0; tokens != nullptr && i < count; ++i) {
        if (tokens[i] < options_.vocabulary_size) continue;
        throw ValueError("token " + std::to_string(tokens[i]) +
                         " is not below the vocabulary's size " +
                         std::to_string(options_.vocabulary_size));
      }
    }
  }

  // Arrays for up to `rows` = T·N tokens.
  void reserve(std::size_t rows) {
    if (rows <= reserved_) return;
    reserved_ = rows;
    workspace_.build([&](Arena& arena) {
      x_ = arena.take<T>(rows * options_.embedding_size);
      h_ = arena.take<T>(options_.dropout > 0 ? rows * options_.hidden_size : 0);
      dh_ = arena.take<T>(rows * options_.hidden_size);
      output_.layout(arena, rows);
    });
  }

  // Embedding and recurrence: h (T·N, H) of the window.
  const T* hidden(const ThreadTeam& team, const TokenWindow& window, States<T>& state,
                  const DropoutKey* dropout) {
    check_window(window);
    const std::size_t rows = window.steps * window.batch;
    reserve(rows);
    encoder_.forward(team, window.inputs, rows, x_);
    const bool drop = dropout != nullptr && options_.dropout > 0;
    if (drop) drop_elements(team, *dropout, kEmbeddingSite, rows * options_.embedding_size, x_, x_);
    const T* h = recurrence_.forward(team, x_,
                                     {.steps = window.steps,
                                      .batch = window.batch,
                                      .initial = &state,
                                      .final = &state,
                                      .training = dropout != nullptr,
                                      .dropout = dropout != nullptr ? *dropout : DropoutKey{}});
    if (!drop) return h;
    drop_elements(team, *dropout, kOutputSite, rows * options_.hidden_size, h, h_);
    return h_;
  }

  double loss_and_gradient(const ThreadTeam& team, const TokenWindow& window, States<T>& state,
                           double scale, const DropoutKey& dropout, const States<T>* d_final,
                           States<T>* d_initial) {
    output_weight().make_gradient();
    decoder_bias_.make_gradient();
    const std::size_t rows = window.steps * window.batch;
    const T* h = hidden(team, window, state, &dropout);
    const double loss = output_.loss_and_gradient(team, rows, h, window.targets, scale, dh_);
    if (options_.dropout > 0) {
      drop_elements(team, dropout, kOutputSite, rows * options_.hidden_size, dh_, dh_);
    }
    // x_ is free again: the recurrence keeps its own copy of its input.
    recurrence_.backward(team, dh_, d_final, x_, d_initial);
    if (options_.dropout > 0) {
      drop_elements(team, dropout, kEmbeddingSite, rows * options_.embedding_size, x_, x_);
    }
    encoder_.backward(team, window.inputs, rows, x_);
    return loss;
  }

  void drop_elements(const ThreadTeam& team, const DropoutKey& key, std::uint64_t site,
                     std::size_t count, const T* from, T* to) const {
    kernels::dropout(team, options_.dropout, dropout_random(key, site), count, from, to);
  }

  LanguageModelOptions options_;
  Embedding<T> encoder_;
  Recurrence<T> recurrence_;
  Parameter<T> decoder_bias_;
  std::unique_ptr<Parameter<T>> decoder_weight_;
  VocabularyOutput<T> output_;

  Workspace workspace_;
  std::size_t reserved_ = 0;
  T* x_ = nullptr;   // (T·N, D), then its gradient
  T* h_ = nullptr;   // (T·N, H) after dropout
  T* dh_ = nullptr;  // (T·N, H)
};

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
  return implementation_->options_;
}

template <class T>
Parameters<T> LanguageModel<T>::parameters() {
  return implementation_->parameters();
}

template <class T>
std::size_t LanguageModel<T>::parameter_count() {
  std::size_t count = 0;
  for (const Parameter<T>* parameter : parameters())
    count += parameter->trainable ? parameter->size() : 0;
  return count;
}

template <class T>
void LanguageModel<T>::initialize(const InitializationOptions& options) {
  const std::size_t hidden = implementation_->options_.hidden_size;
  const auto output = [&](Parameter<T>* parameter, Role role) {
    return InitialParameter<T>{parameter, role, hidden, hidden};
  };
  std::vector<InitialParameter<T>> all = {{&implementation_->encoder_.weight(), Role::kEmbedding}};
  for (const auto& p : initial_parameters(implementation_->recurrence_)) all.push_back(p);
  if (implementation_->decoder_weight_) {
    all.push_back(output(implementation_->decoder_weight_.get(), Role::kWeight));
  }
  all.push_back(output(&implementation_->decoder_bias_, Role::kBias));
  unroll::initialize(all, options);
}

template <class T>
States<T> LanguageModel<T>::zero_states(std::size_t batch) const {
  return implementation_->recurrence_.zero_states(batch);
}

template <class T>
const std::vector<std::string>& LanguageModel<T>::state_names() const {
  return implementation_->recurrence_.state_names();
}

template <class T>
double LanguageModel<T>::loss(const ThreadTeam& team, const TokenWindow& window, States<T>& state) {
  const T* h = implementation_->hidden(team, window, state, nullptr);
  return implementation_->output_.loss(team, window.steps * window.batch, h, window.targets);
}

template <class T>
double LanguageModel<T>::loss_and_gradient(const ThreadTeam& team, const TokenWindow& window,
                                           States<T>& state, double scale,
                                           const DropoutKey& dropout, const States<T>* d_final,
                                           States<T>* d_initial) {
  return implementation_->loss_and_gradient(team, window, state, scale, dropout, d_final,
                                            d_initial);
}

template <class T>
void LanguageModel<T>::step(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t batch,
                            States<T>& state, T* logits) {
  const T* h = implementation_->hidden(team, {1, batch, tokens, nullptr}, state, nullptr);
  implementation_->output_.logits(team, batch, h, logits);
}

template <class T>
std::size_t LanguageModel<T>::workspace_bytes() const {
  return implementation_->workspace_.bytes() + implementation_->recurrence_.workspace_bytes();
}

template class LanguageModel<float>;
template class LanguageModel<double>;

}  // namespace unroll
