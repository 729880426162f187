#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/packed_layout.h"
#include "nn/cells/cell.h"
#include "nn/sequence_plan.h"
#include "unroll/core/arena.h"
#include "unroll/core/threads.h"
#include "unroll/nn/parameter.h"
#include "unroll/nn/recurrence.h"

namespace unroll {

// A matrix whose rows are positions: `stride` elements from one to the next.
template <class T>
struct Rows {
  T* data = nullptr;
  std::size_t stride = 0;
  T* row(std::size_t position) const { return data + position * stride; }
};

// One layer in one direction: a cell unrolled over the positions of a SequencePlan. P positions, N
// rows, I inputs, H units, S slots, G gates; states are by rank.
template <class T>
class RecurrentLayer {
 public:
  // `suffix` is PyTorch's: "_l0", "_l1_reverse".
  RecurrentLayer(const RecurrenceOptions& options, std::size_t inputs, bool reverse,
                 const std::string& suffix);

  void add_parameters(Parameters<T>& parameters);

  // Takes what stays from forward to backward, for up to P positions.
  void layout(Arena& arena, std::size_t positions);

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
  // Gates gate … gate+count-1, whose pre-activations are slots slot … slot+count-1.
  struct Run {
    std::size_t gate, slot, count;
  };
  // Rows of W_ih or W_hh packed for a product: C = x W^T, C = h W^T, or, backward, C = dG W.
  struct PackedWeight {
    kernels::PackedLayout layout;
    Run of = {};
    std::size_t offset = 0;   // of its panels in packed_input_ or packed_recurrent_
    std::size_t rounded = 0;  // elements a row that other weights of the step have before it
  };
  struct Share;
  struct StepRows;

  std::vector<Run> runs(bool Slot::*product, std::size_t first_gate, std::size_t last_gate) const;
  PackedWeight forward_weight(std::size_t first_gate, std::size_t last_gate) const;
  std::vector<PackedWeight> backward_weights(std::size_t first_gate, std::size_t last_gate) const;
  static std::size_t place(std::span<PackedWeight> weights, std::size_t offset);
  void pack(const ThreadTeam& team, const Parameter<T>& w, bool rows, const PackedWeight& weight,
            Tensor<T>& packed) const;
  std::size_t rounded_size() const;
  void pack_input(const ThreadTeam& team);
  void pack_recurrent(const ThreadTeam& team, bool backward);

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
  void forward_steps(const SequencePlan& plan, const Share& share) const;
  void backward_steps(const SequencePlan& plan, const Share& share, Rows<const T> dy,
                      const std::vector<T*>& d_state, T* d_operand) const;

  void sum_biases();
  void input_product(const ThreadTeam& team, std::size_t positions, bool training);
  void weight_gradients(const ThreadTeam& team, const SequencePlan& plan);
  void bias_gradients(const ThreadTeam& team, std::size_t positions);

  const Cell& cell_;
  CellFunctions<T> functions_;
  std::size_t inputs_, hidden_;
  bool reverse_;
  Precision precision_;

  std::unique_ptr<Parameter<T>> weight_ih_, weight_hh_, bias_ih_, bias_hh_;
  PackedWeight forward_first_, forward_second_;  // gates before, and from, the second product on
  std::vector<PackedWeight> backward_first_, backward_second_;
  std::vector<PackedWeight> input_;
  Tensor<T> packed_input_, packed_recurrent_;  // the latter for one way at a time
  bool packed_backward_ = false;
  // Versions of W_ih, W_hh and the biases that were packed or summed.
  std::uint64_t input_version_ = 0, recurrent_version_ = 0, bias_version_ = 0;

  Rows<T> a_;                       // (P, S·H): pre-activations, then saved, then gradients
  T* operand_ = nullptr;            // (P, H): what the second product multiplied
  std::vector<T*> state_sequence_;  // states but h, each (P, H)
  Tensor<T> slot_bias_, slot_sum_;  // (S·H): the slots' biases, and the sums of their gradients
  std::vector<const T*> initial_;   // of the last forward()
  std::vector<const T*> previous_;  // (P): h_{t-1} of each position
  Rows<const T> x_;
  Rows<T> y_;
};

}  // namespace unroll
