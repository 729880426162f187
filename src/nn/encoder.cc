#include "nn/encoder.h"

#include "unroll/core/error.h"

namespace unroll {

template <class T>
Encoder<T>::Encoder(std::size_t vocabulary_size, const RecurrenceOptions& options, bool dense)
    : recurrence(options) {
  if (vocabulary_size == 0) return;
  embedding = std::make_unique<Embedding<T>>(vocabulary_size, options.input_size, "encoder", dense);
}

template <class T>
void Encoder<T>::add_parameters(Parameters<T>& all) {
  if (embedding) all.push_back(&embedding->weight());
  for (Parameter<T>* parameter : recurrence.parameters()) all.push_back(parameter);
}

template <class T>
EncoderPass<T>::EncoderPass(Encoder<T>& encoder)
    : encoder_(encoder), trained_(encoder.embedding.get()), recurrence_(encoder.recurrence) {}

template <class T>
EncoderPass<T>::EncoderPass(const Encoder<T>& encoder, const PackedRecurrence<T>& packed)
    : encoder_(encoder), trained_(nullptr), recurrence_(packed) {}

template <class T>
void EncoderPass<T>::reserve(std::size_t steps, std::size_t batch) {
  recurrence_.reserve(steps, batch);
  const std::size_t rows = steps * batch;
  if (!encoder_.embedding || rows <= reserved_) return;
  const std::size_t width = encoder_.embedding->embedding_size();
  reserved_ = 0;  // until there is memory
  workspace_.build([&](Arena& arena) {
    x_ = arena.take<T>(rows * width);
    dx_ = arena.take<T>(trained_ != nullptr ? rows * width : 0);
    real_tokens_ = arena.take<std::uint32_t>(trained_ != nullptr ? rows : 0);
  });
  reserved_ = rows;
}

template <class T>
void EncoderPass<T>::check(const T* values, const std::uint32_t* tokens) const {
  const std::size_t count = plan_.steps() * plan_.batch();
  const bool embeds = encoder_.embedding != nullptr;
  if (count > 0 && (embeds ? tokens == nullptr : values == nullptr)) {
    throw ValueError(std::string("the batch has no ") + (embeds ? "tokens" : "values"));
  }
  if (embeds) check_tokens(tokens, count, encoder_.embedding->vocabulary_size());
}

template <class T>
const T* EncoderPass<T>::forward(const ThreadTeam& team, const T* values,
                                 const std::uint32_t* tokens,
                                 const typename RecurrencePass<T>::Call& call) {
  plan_.assign(call.steps, call.batch, call.lengths);
  check(values, tokens);
  reserve(call.steps, call.batch);
  tokens_ = tokens;
  key_ = call.dropout;
  drop_ = call.training && encoder_.embedding && encoder_.recurrence.options().dropout > 0;
  if (encoder_.embedding) {
    encoder_.embedding->forward(team, tokens, call.steps * call.batch, x_);
    if (drop_) {
      places_.assign(key_, call.steps, call.batch);
      drop(team, x_);
    }
    values = x_;
  }
  return recurrence_.forward(team, values, call);
}

template <class T>
void EncoderPass<T>::backward(const ThreadTeam& team, const T* dy, const States<T>* d_final,
                              States<T>* d_initial) {
  // x_ is free again: the recurrence keeps its own copy of its input.
  recurrence_.backward(team, dy, d_final, trained_ != nullptr ? x_ : nullptr, d_initial);
  if (trained_ == nullptr) return;
  if (drop_) drop(team, x_);
  if (!plan_.padded()) {
    trained_->backward(team, tokens_, plan_.positions(), x_);
    return;
  }
  // The padding has no gradient, and no row of the embedding is touched for it.
  plan_.gather(x_, trained_->embedding_size(), dx_);
  plan_.gather(tokens_, 1, real_tokens_);
  trained_->backward(team, real_tokens_, plan_.positions(), dx_);
}

template <class T>
void EncoderPass<T>::drop(const ThreadTeam& team, T* vectors) const {
  places_.drop(team, encoder_.recurrence.options().dropout, key_, kEmbeddingSite,
               plan_.steps() * plan_.batch(), encoder_.embedding->embedding_size(), vectors,
               vectors);
}

template struct Encoder<float>;
template struct Encoder<double>;
template class EncoderPass<float>;
template class EncoderPass<double>;

}  // namespace unroll
