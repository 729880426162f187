#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "nn/dropout_sites.h"
#include "nn/sequence_plan.h"
#include "unroll/core/arena.h"
#include "unroll/core/threads.h"
#include "unroll/nn/embedding.h"
#include "unroll/nn/recurrence.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {

// What language and sequence models begin with: the vectors of tokens, or numbers as they are,
// through a recurrence. Parameters: encoder.weight (V, D_e) for tokens, and the recurrence's.
template <class T>
struct Encoder {
  // `vocabulary_size` 0: the steps are numbers. `dense`: see Embedding.
  Encoder(std::size_t vocabulary_size, const RecurrenceOptions& options, bool dense = false);

  void add_parameters(Parameters<T>& parameters);

  std::unique_ptr<Embedding<T>> embedding;
  Recurrence<T> recurrence;
};

// The memory of a pass over an Encoder.
template <class T>
class EncoderPass {
 public:
  explicit EncoderPass(Encoder<T>& encoder);  // to train
  EncoderPass(const Encoder<T>& encoder, const PackedRecurrence<T>& packed);

  void reserve(std::size_t steps, std::size_t batch);

  // values (T, N, I), or tokens (T, N), of which those in the padding do not matter -> y (T, N,
  // D·H), valid until the next call. In training with dropout on the embeddings too. Throws
  // ValueError when they are null and for a token that is not below V.
  const T* forward(const ThreadTeam& team, const T* values, const std::uint32_t* tokens,
                   const typename RecurrencePass<T>::Call& call);

  // For the last forward(), in training, whose tokens and lengths must still be there.
  void backward(const ThreadTeam& team, const T* dy, const States<T>* d_final,
                States<T>* d_initial);

  std::size_t workspace_bytes() const { return workspace_.bytes() + recurrence_.workspace_bytes(); }

 private:
  void check(const T* values, const std::uint32_t* tokens) const;
  void drop(const ThreadTeam& team, T* vectors) const;

  const Encoder<T>& encoder_;
  Embedding<T>* trained_;  // null where there is none
  RecurrencePass<T> recurrence_;

  // Of the last forward().
  SequencePlan plan_;
  DropoutPlaces places_;
  const std::uint32_t* tokens_ = nullptr;
  bool drop_ = false;
  DropoutKey key_;

  Workspace workspace_;
  std::size_t reserved_ = 0;              // T·N
  T* x_ = nullptr;                        // (T·N, D_e): the tokens' vectors, then their gradients
  T* dx_ = nullptr;                       // (P, D_e): those without the padding
  std::uint32_t* real_tokens_ = nullptr;  // (P)
};

}  // namespace unroll
