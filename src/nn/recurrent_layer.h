#pragma once

#include <vector>

#include "nn/recurrent_weights.h"
#include "nn/sequence_plan.h"
#include "unroll/core/arena.h"
#include "unroll/core/threads.h"

namespace unroll {

// A matrix whose rows are positions: `stride` elements from one to the next.
template <class T>
struct Rows {
  T* data = nullptr;
  std::size_t stride = 0;
  T* row(std::size_t position) const { return data + position * stride; }
};

// A pass over one layer in one direction: a cell unrolled over the positions of a SequencePlan. P
// positions, N rows, I inputs, H units, S slots, G gates; states are by rank.
template <class T>
class RecurrentLayer {
 public:
  // The weights, and where it is given their packed form, outlive the pass. Without it the pass
  // packs them itself whenever they have changed.
  RecurrentLayer(const RecurrentWeights<T>& weights, const PackedWeights<T>* packed, bool reverse);

  // Takes what stays from forward to backward, for up to P positions and N rows.
  void layout(Arena& arena, std::size_t positions, std::size_t batch);

  // x (P, I), initial[k] (N, H) -> h into y (P, H). Without `training` W_ih is packed for the
  // passes to come.
  void forward(const ThreadTeam& team, const SequencePlan& plan, Rows<const T> x,
               const std::vector<const T*>& initial, Rows<T> y, bool training);

  // State k of a rank after `steps` of its own steps.
  const T* state_after(const SequencePlan& plan, std::size_t state, std::size_t steps,
                       std::size_t rank) const;

  // dy (P, H) -> gradients of the parameters, and dx (P, I) unless dx.data is null, added to what
  // is there when accumulate_dx. d_state[k] (N, H): in, the gradient of the final states; out, that
  // of the initial ones. Scratch: d_operand (N, H).
  void backward(const ThreadTeam& team, const SequencePlan& plan, Rows<const T> dy,
                const std::vector<T*>& d_state, Rows<T> dx, bool accumulate_dx, T* d_operand);

 private:
  using Run = typename RecurrentWeights<T>::Run;
  using PackedWeight = typename RecurrentWeights<T>::Packed;
  struct Share;
  struct StepRows;
  struct StepGradients;

  std::size_t rounded_size() const;

  const PackedWeights<T>& packed() const { return shared_ != nullptr ? *shared_ : own_; }
  void run_forward(const ThreadTeam& team, const SequencePlan& plan) const;
  void run_backward(const ThreadTeam& team, const SequencePlan& plan, Rows<const T> dy,
                    const std::vector<T*>& d_state, T* d_operand) const;
  template <class Body>
  void run_shares(const ThreadTeam& team, const SequencePlan& plan, const Body& body) const;
  void locate(const SequencePlan& plan, std::size_t step, const Share& share, std::size_t first,
              std::size_t active, std::ptrdiff_t direction, StepRows& rows) const;
  void prefetch(const StepRows& rows, std::size_t first_unit, std::size_t last_unit,
                Rows<const T> dy) const;
  template <class Row>
  void locate_rounded(const PackedWeight& weight, std::size_t count, const Share& share,
                      Row** rows) const;
  template <class Body>
  void each_group(const PackedWeight& weight, const StepRows& rows, const Share& share,
                  const Body& body) const;
  void locate_slots(const PackedWeight& weight, const StepRows& of, const T** rows) const;
  void round_gradients(const std::vector<PackedWeight>& weights, const StepRows& of,
                       const Share& share) const;
  template <class Body>
  void each_stage(const StepRows& rows, bool inner, const Body& body) const;
  void normalize(const StepRows& rows, bool inner) const;
  void normalize_backward(const StepRows& rows, bool inner) const;
  void forward_rows(const StepRows& rows) const;
  void backward_rows(const StepRows& rows, const StepGradients& d) const;
  void forward_steps(const SequencePlan& plan, const Share& share) const;
  void backward_steps(const SequencePlan& plan, const Share& share, Rows<const T> dy,
                      const std::vector<T*>& d_state, T* d_operand) const;

  void input_product(const ThreadTeam& team, std::size_t positions, bool training);
  void weight_gradients(const ThreadTeam& team, const SequencePlan& plan);
  void bias_gradients(const ThreadTeam& team, const SequencePlan& plan);
  void row_stage_gradients(const ThreadTeam& team, std::size_t batch);

  const RecurrentWeights<T>& weights_;
  const Cell& cell_;
  const std::size_t hidden_;
  PackedWeights<T> own_;
  const PackedWeights<T>* shared_;
  bool reverse_;

  Rows<T> a_;                       // (P, S·H): pre-activations, then saved, then gradients
  T* operand_ = nullptr;            // (P, H): what the second product multiplied
  std::vector<T*> state_sequence_;  // states but h, each (P, H)
  // Of row stages, with K elements of a row that they normalise: x̂ (P, K), 1/σ (P, stages), and
  // the gradients of their gains and shifts by rank (N, 2 K), summed over the ranks (2 K).
  Rows<T> normal_, d_affine_;
  T* inverse_ = nullptr;
  Tensor<T> affine_sum_;
  Tensor<T> slot_sum_;              // (S·H): the sums of the slots' gradients
  std::vector<const T*> initial_;   // of the last forward()
  std::vector<const T*> previous_;  // (P): h_{t-1} of each position
  Rows<const T> x_;
  Rows<T> y_;
};

}  // namespace unroll
