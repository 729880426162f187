#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/recurrence_pass.h"
#include "unroll/nn/sequence_model.h"

#pragma GCC visibility push(default)

namespace unroll {

// N sequences of at most T steps, time-major and padded; what the padding holds does not matter,
// except that tokens are below V.
template <class T>
struct SequenceBatch {
  std::size_t steps = 0, batch = 0;           // T, N
  std::span<const std::size_t> lengths = {};  // (N), any order, zeros allowed; empty: all T
  const T* values = nullptr;                  // (T, N, I)
  const std::uint32_t* tokens = nullptr;      // (T, N)
};

// The weights of a sequence model in the order in which products read them; see PackedRecurrence.
template <class T>
class PackedSequenceModel {
 public:
  PackedSequenceModel(const ThreadTeam& team, const SequenceModel<T>& model);
  ~PackedSequenceModel();
  PackedSequenceModel(PackedSequenceModel&&) noexcept;
  PackedSequenceModel& operator=(PackedSequenceModel&&) noexcept;

 private:
  template <class>
  friend class SequenceModelPass;
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<const Implementation> implementation_;
};

// The memory of a pass over a sequence model. A pass is for one thread of control at a time.
template <class T>
class SequenceModelPass {
 public:
  // To train and to measure, with weights that change. The model must outlive it.
  explicit SequenceModelPass(SequenceModel<T>& model);
  // To run: without gradients. `packed` must outlive it.
  explicit SequenceModelPass(const PackedSequenceModel<T>& packed);
  ~SequenceModelPass();
  SequenceModelPass(SequenceModelPass&&) noexcept;
  SequenceModelPass& operator=(SequenceModelPass&&) noexcept;

  const SequenceModelOptions& options() const;

  // Takes the memory for batches of up to T steps and N sequences, which then take none.
  void reserve(std::size_t steps, std::size_t batch);

  // Predictions (N, W), or (T, N, W) where the pooling is `steps` (zero in the padding), valid
  // until the next call. `state`, unless null: in, the initial states (L·D, N, H), or an empty list
  // for the model's own; out, the final ones. An empty sequence is pooled to zeros.
  const T* forward(const ThreadTeam& team, const SequenceBatch<T>& batch,
                   States<T>* state = nullptr);

  // The same with dropout, for backward().
  const T* forward_training(const ThreadTeam& team, const SequenceBatch<T>& batch,
                            const DropoutKey& dropout, States<T>* state = nullptr);

  // For the last forward_training(), whose batch must still be there: from the gradient of the
  // predictions, writes that of every parameter and, unless null, of the initial states. The
  // gradient of a trainable initial state is zero where the pass started from other states.
  void backward(const ThreadTeam& team, const T* d_predictions, States<T>* d_initial = nullptr);

  std::size_t workspace_bytes() const;

 private:
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class PackedSequenceModel<float>;
extern template class PackedSequenceModel<double>;
extern template class SequenceModelPass<float>;
extern template class SequenceModelPass<double>;

}  // namespace unroll

#pragma GCC visibility pop
