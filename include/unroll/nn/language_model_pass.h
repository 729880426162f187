#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/language_model.h"
#include "unroll/nn/recurrence_pass.h"

#pragma GCC visibility push(default)

namespace unroll {

// Tokens of T steps of N lanes, time-major, all below V.
struct TokenWindow {
  std::size_t steps, batch;      // T, N
  const std::uint32_t* inputs;   // (T, N)
  const std::uint32_t* targets;  // (T, N)
  const float* mask = nullptr;   // (T, N): what each target's loss is multiplied by; null: 1
};

// The weights of a language model in the order in which products read them; see PackedRecurrence.
template <class T>
class PackedLanguageModel {
 public:
  PackedLanguageModel(const ThreadTeam& team, const LanguageModel<T>& model);
  ~PackedLanguageModel();
  PackedLanguageModel(PackedLanguageModel&&) noexcept;
  PackedLanguageModel& operator=(PackedLanguageModel&&) noexcept;

  const LanguageModelOptions& options() const;

 private:
  template <class>
  friend class LanguageModelPass;
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<const Implementation> implementation_;
};

// The memory of a pass over a language model. A pass is for one thread of control at a time. The
// (T·N, V) logits never exist as a whole.
template <class T>
class LanguageModelPass {
 public:
  // To train and to measure, with weights that change. The model must outlive it.
  explicit LanguageModelPass(LanguageModel<T>& model);
  // To run: without gradients. `packed` must outlive it.
  explicit LanguageModelPass(const PackedLanguageModel<T>& packed);
  ~LanguageModelPass();
  LanguageModelPass(LanguageModelPass&&) noexcept;
  LanguageModelPass& operator=(LanguageModelPass&&) noexcept;

  States<T> zero_states(std::size_t batch) const;

  // Takes the memory for windows of up to T steps and N lanes, which then take none.
  void reserve(std::size_t steps, std::size_t batch);

  // The sum over the window of -ln p(target), in nats. `state`: in, the initial one; out, the
  // final.
  double loss(const ThreadTeam& team, const TokenWindow& window, States<T>& state);

  // The same with dropout, and writes the gradient of `scale` times that sum for every parameter:
  // scale = 1/(T·N) makes it the mean over tokens, 1/N the sum over steps and mean over lanes.
  // `d_final` and `d_initial` may be null: gradients of the final and initial states.
  double loss_and_gradient(const ThreadTeam& team, const TokenWindow& window, States<T>& state,
                           double scale, const DropoutKey& dropout,
                           const States<T>* d_final = nullptr, States<T>* d_initial = nullptr);

  // One step: tokens (N) -> logits (N, V), before the softmax, of the token that follows. `state`:
  // in and out.
  void step(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t batch,
            States<T>& state, T* logits);

  std::size_t workspace_bytes() const;

 private:
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class PackedLanguageModel<float>;
extern template class PackedLanguageModel<double>;
extern template class LanguageModelPass<float>;
extern template class LanguageModelPass<double>;

}  // namespace unroll

#pragma GCC visibility pop
