#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/packed_layout.h"
#include "nn/cells/cell.h"
#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"
#include "unroll/nn/recurrence.h"

namespace unroll {

// The parameters of one layer in one direction, and how products read them. I inputs, H units, S
// slots, G gates.
template <class T>
struct RecurrentWeights {
  // `suffix` is PyTorch's: "_l0", "_l1_reverse".
  RecurrentWeights(const RecurrenceOptions& options, std::size_t inputs, const std::string& suffix);

  // Calls body(parameter) in the order of Recurrence::parameters().
  template <class Body>
  void each_parameter(const Body& body) const {
    for (auto* parameter :
         {weight_ih.get(), weight_hh.get(), bias_ih.get(), bias_hh.get(), vectors.get()}) {
      if (parameter != nullptr) body(*parameter);
    }
    for (const RowStageWeights& stage : row_stages) {
      body(*stage.gain);
      if (stage.bias) body(*stage.bias);
    }
  }

  // A row stage: of `count` elements of a row of slots, from `begin` on.
  struct RowStageWeights {
    bool inner;
    std::size_t begin, count;
    std::size_t offset;  // elements that other stages normalise before it
    // (count). Without a bias of its own: its shift is the biases of its slots, or zero.
    std::unique_ptr<Parameter<T>> gain, bias;
  };

  // Gates gate … gate+count-1, whose pre-activations are slots slot … slot+count-1.
  struct Run {
    std::size_t gate, slot, count;
  };
  // Rows of W_ih, or of one block of W_hh, packed for a product: C = x W^T, C = h W^T, or,
  // backward, C = dG W.
  struct Packed {
    kernels::PackedLayout layout;
    Run of = {};
    std::size_t from = 0;     // element of the weight that is element (0, 0) of what is packed
    std::size_t operand = 0;  // first element that it multiplies of a row of h, or of the slots
    std::size_t end = 0;      // the unit after those of the block
    std::size_t offset = 0;   // of its panels in PackedWeights
    std::size_t rounded = 0;  // elements a row that other weights of the step have before it
  };

  const Cell& cell;
  CellFunctions<T> functions;
  std::size_t inputs, hidden, heads;
  Precision precision;

  // Null: weight_hh and bias_hh of a cell without recurrent product, biases of Bias::kNone, vectors
  // (V, H) of a cell without.
  std::unique_ptr<Parameter<T>> weight_ih, weight_hh, bias_ih, bias_hh, vectors;
  std::vector<RowStageWeights> row_stages;
  std::size_t row_size = 0;  // elements that they normalise
  // Gates before, and from, the second product on: forward a block each, or one of depth 0 where
  // there are no gates; backward, the same number for each block in turn.
  std::vector<Packed> forward_first, forward_second, backward_first, backward_second;
  std::vector<Packed> input;
  std::size_t input_size = 0, recurrent_size = 0;  // elements; the latter for either way

  // Those of `weights` that are for one block.
  std::span<const Packed> of_block(const std::vector<Packed>& weights, std::size_t block) const {
    const std::size_t count = weights.size() / heads;
    return std::span(weights).subspan(block * count, count);
  }

 private:
  std::vector<Run> runs(bool Slot::*product, std::size_t first_gate, std::size_t last_gate) const;
  std::vector<Packed> forward_weights(std::size_t first_gate, std::size_t last_gate) const;
  std::vector<Packed> backward_weights(std::size_t first_gate, std::size_t last_gate) const;
  void make_row_stages(const RecurrenceOptions& options, const std::string& suffix);
};

// Copies of the weights, panels in the order in which products read them, and the sums of the
// biases, with the gains of row stages. Each is of its parameter's version() when it was made, and
// made again when that changed.
template <class T>
class PackedWeights {
 public:
  void pack_input(const ThreadTeam& team, const RecurrentWeights<T>& weights) {
    if (!has_input(weights)) repack_input(team, weights);
  }

  // W_hh for the way forward or backward. Both use the same memory: it has been in the cache, and
  // a training step has no use for the way forward once it is on the way back.
  void pack_recurrent(const ThreadTeam& team, const RecurrentWeights<T>& weights, bool backward) {
    const auto& w = weights.weight_hh;
    if (!w || (recurrent_version_ == w->version() && backward_ == backward)) return;
    repack_recurrent(team, weights, backward);
  }

  void sum_biases(const RecurrentWeights<T>& weights);

  // Whether W_ih is packed, and is as the parameter is now.
  bool has_input(const RecurrentWeights<T>& weights) const {
    return input_version_ == weights.weight_ih->version();
  }
  // Whether all that forward passes read is.
  bool is_current(const RecurrentWeights<T>& weights) const;

  const T* input(const typename RecurrentWeights<T>::Packed& of) const {
    return input_.data() + of.offset;
  }
  const T* recurrent(const typename RecurrentWeights<T>::Packed& of) const {
    return recurrent_.data() + of.offset;
  }
  // (S·H): what the sums of the slots begin with; zero where a row stage adds the biases.
  const T* slot_bias() const { return slot_bias_.data(); }
  const T* gain(const typename RecurrentWeights<T>::RowStageWeights& of) const {
    return gain_.data() + of.offset;
  }
  const T* shift(const typename RecurrentWeights<T>::RowStageWeights& of) const {
    return shift_.data() + of.offset;
  }

 private:
  void repack_input(const ThreadTeam& team, const RecurrentWeights<T>& weights);
  void repack_recurrent(const ThreadTeam& team, const RecurrentWeights<T>& weights, bool backward);

  Tensor<T> input_, recurrent_, slot_bias_, gain_, shift_;
  bool backward_ = false;  // the way that recurrent_ is for
  std::uint64_t input_version_ = 0, recurrent_version_ = 0, bias_version_ = 0;
};

}  // namespace unroll
