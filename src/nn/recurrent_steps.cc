// The time loop of a recurrent layer: what one thread does, forward and backward.

#include <algorithm>
#include <span>

#include "hwy/cache_control.h"
#include "kernels/bf16_pairs.h"
#include "kernels/block_sizes.h"
#include "kernels/gemm.h"
#include "kernels/packed_product.h"
#include "nn/recurrent_steps.h"

namespace unroll {
namespace {

// In kBf16 the rows of the other operand are rounded once for all panels of a packed weight.
template <class T>
void round_rows(const kernels::PackedLayout& layout, std::size_t count, const T* const* rows,
                T* const* rounded) {
  if constexpr (sizeof(T) == sizeof(float)) {
    for (std::size_t i = 0; i < count; ++i) kernels::pair_row(rows[i], layout.depth, rounded[i]);
  }
}

}  // namespace

template <class T>
template <class Body>
void RecurrentLayer<T>::run_shares(const ThreadTeam& team, const SequencePlan& plan,
                                   const Body& body) const {
  const std::size_t size = rounded_size();
  T* rounded = size == 0 ? nullptr : kernels::column_scratch<T>(team, size);
  const auto alone = [&] {
    team.for_each_block(1, [&](std::size_t) { body(Share{0, 1, 0, 1, nullptr, rounded}); });
  };
  const std::size_t threads = static_cast<std::size_t>(team.size());
  if (threads == 1) return alone();
  const std::size_t step_work =
      plan.batch() * cell_.gates.size() * hidden_ * (hidden_ / weights_.heads);
  // Multiply-adds that a thread must have for it to gain more than it costs: about 0.5 µs of a pass
  // for waking it, about 0.15 µs of a step for meeting after it.
  constexpr std::size_t kWorthWaking = std::size_t{1} << 16, kWorthMeeting = std::size_t{1} << 14;
  if (!weights_.weight_hh) {
    // A unit's steps need no other unit: each thread has its own, and meets no one. A number of a
    // step takes as long as 27 multiply-adds at the limit (min_gru, sru; min_lstm 93).
    const std::size_t work = 27 * plan.positions() * a_.stride;
    const std::size_t parts = std::clamp<std::size_t>(work / kWorthWaking, 1, threads);
    team.for_each_block(parts, [&](std::size_t part) {
      body(Share{0, 1, part, parts, nullptr, nullptr});
    });
    return;
  }
  const auto elements = [](const std::vector<PackedWeight>& weights) {
    return weights.size() * weights.front().layout.size();
  };
  const std::size_t bytes =
      sizeof(T) * (elements(weights_.forward_first) + elements(weights_.forward_second));
  const bool large = bytes >= kernels::split_bytes(kernels::caches_in_use());
  // Threads that gain: with rows of their own, two at least, for all steps; or with units of their
  // own, so that they meet after every step: where rows are too few and a step's work is enough.
  const std::size_t awake = std::min(threads, step_work * plan.steps() / kWorthWaking);
  const std::size_t by_rows = large ? 1 : std::min(awake, plan.batch() / 2);
  const std::size_t by_units = std::min(awake, step_work / kWorthMeeting);
  if (by_rows > 1 && (by_rows == threads || by_rows >= by_units)) {
    team.for_each_block(by_rows, [&](std::size_t share) {
      body(Share{share, by_rows, 0, 1, nullptr, rounded + share * size});
    });
  } else if (by_units > 1) {
    SpinBarrier barrier;
    ThreadTeam(static_cast<int>(by_units)).run_together([&](int thread, int count) {
      const auto part = static_cast<std::size_t>(thread);
      body(Share{0, 1, part, static_cast<std::size_t>(count), &barrier, rounded + part * size});
    });
  } else {
    alone();
  }
}

// Elements that one share rounds its rows into: those of h, or of da for all products of a step.
template <class T>
std::size_t RecurrentLayer<T>::rounded_size() const {
  if (weights_.precision == Precision::kFull) return 0;
  const auto end = [](const PackedWeight& weight) {
    return weight.rounded + weight.layout.packed_depth();
  };
  if (!weights_.weight_hh) return 0;
  std::size_t widest =
      std::max(end(weights_.forward_first.front()), end(weights_.backward_first.back()));
  if (!weights_.backward_second.empty())
    widest = std::max(widest, end(weights_.backward_second.back()));
  return kRows * widest;
}

// Where the rows for the product with a packed weight are when they are rounded.
template <class T>
template <class Row>
void RecurrentLayer<T>::locate_rounded(const PackedWeight& weight, std::size_t count,
                                       const Share& share, Row** rows) const {
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = share.rounded + kRows * weight.rounded + i * weight.layout.packed_depth();
  }
}

// Calls body(first panel, last panel, first unit, last unit) for the blocks of units in this share:
// one by one, each as soon as its pre-activations are there, or all at once where those of all
// units stay in L1 or there is no product to wait for (depth 0).
template <class T>
template <class Body>
void RecurrentLayer<T>::each_group(const PackedWeight& weight, const StepRows& rows,
                                   const Share& share, const Body& body) const {
  const kernels::PackedLayout& layout = weight.layout;
  if (layout.depth == 0) {
    const std::size_t lanes = kernels::vector_lanes<T>(), blocks = (hidden_ + lanes - 1) / lanes;
    const std::size_t first = blocks * share.part / share.parts * lanes;
    const std::size_t last = std::min(hidden_, blocks * (share.part + 1) / share.parts * lanes);
    if (first < last) body(0, 0, first, last);
    return;
  }
  const bool near =
      rows.count * a_.stride * sizeof(T) <= kernels::step_bytes(kernels::caches_in_use());
  // Without a division: a small step is not much longer than three of them.
  if (near && share.parts == 1) {
    return body(0, layout.panels(), layout.vectors.front().source, weight.end);
  }
  const std::size_t groups = layout.groups(), end = groups * (share.part + 1) / share.parts;
  const std::size_t at_once = near ? groups : 1;
  const auto first_unit = [&](std::size_t group) {
    return group == groups ? weight.end
                           : layout.vectors[layout.panel_begin[group * layout.group_panels]].source;
  };
  for (std::size_t g = groups * share.part / share.parts; g < end; g += at_once) {
    const std::size_t after = std::min(g + at_once, end);
    body(g * layout.group_panels, after * layout.group_panels, first_unit(g), first_unit(after));
  }
}

// Up to kRows ranks of the share, from the first-th on, that are below `active`.
template <class T>
void RecurrentLayer<T>::locate(const SequencePlan& plan, std::size_t step, const Share& share,
                               std::size_t first, std::size_t active, std::ptrdiff_t direction,
                               StepRows& rows) const {
  rows.count = 0;
  const std::size_t upcoming = step + static_cast<std::size_t>(direction);
  for (std::size_t rank = share.first_rank + first * share.rank_stride;
       rank < active && rows.count < kRows; rank += share.rank_stride) {
    const std::size_t position = plan.position(step, rank, reverse_), i = rows.count++;
    rows.rank[i] = rank;
    rows.position[i] = position;
    rows.a[i] = a_.row(position);
    rows.upcoming[i] =
        rank < plan.active(upcoming) ? plan.position(upcoming, rank, reverse_) : position;
    rows.operand[i] = operand_ == nullptr ? nullptr : operand_ + position * hidden_;
    for (std::size_t k = 0; k < initial_.size(); ++k) {
      rows.previous[k][i] = state_after(plan, k, step, rank);
      rows.next[k][i] = k == 0 ? y_.row(position) : state_sequence_[k - 1] + position * hidden_;
    }
  }
  for (std::size_t k = 0; k < initial_.size(); ++k) {
    rows.previous_of[k] = rows.previous[k];
    rows.next_of[k] = rows.next[k];
  }
}

// The rows of a step stand apart, too far for the processor to foresee: the next step's part for
// these units comes into the cache while this step's product runs (5 % at H=200).
template <class T>
void RecurrentLayer<T>::prefetch(const StepRows& rows, std::size_t first_unit,
                                 std::size_t last_unit, Rows<const T> dy) const {
  constexpr std::size_t kLine = 64 / sizeof(T);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::size_t position = rows.upcoming[i];
    for (std::size_t u = first_unit; u < last_unit; u += kLine) {
      for (std::size_t slot = 0; slot < cell_.slots.size(); ++slot) {
        hwy::Prefetch(a_.row(position) + slot * hidden_ + u);
      }
      if (dy.data == nullptr) continue;
      hwy::Prefetch(dy.row(position) + u);
      for (const T* sequence : state_sequence_) hwy::Prefetch(sequence + position * hidden_ + u);
    }
  }
}

template <class T>
void RecurrentLayer<T>::forward_steps(const SequencePlan& plan, const Share& share) const {
  StepRows rows;
  const T* factors[kRows];
  // The recurrent product of some gates for a block of units, then a pointwise function of the
  // cell.
  const auto block_product_and = [&](const PackedWeight& weight, const T* const* operand,
                                     void (*function)(const CellStep<T>&)) {
    for (std::size_t i = 0; i < rows.count; ++i) factors[i] = operand[i] + weight.operand;
    if (weights_.precision == Precision::kBf16 && weight.layout.depth > 0) {
      T* rounded[kRows];
      locate_rounded(weight, rows.count, share, rounded);
      round_rows(weight.layout, rows.count, factors, rounded);
      std::copy_n(rounded, rows.count, factors);
    }
    each_group(weight, rows, share,
               [&](std::size_t first_panel, std::size_t last_panel, std::size_t first_unit,
                   std::size_t last_unit) {
                 prefetch(rows, first_unit, last_unit, {});
                 if (last_panel > first_panel) {
                   kernels::multiply<T>({weight.layout, packed().recurrent(weight), rows.count,
                                         factors, 1, rows.a, rows.a},
                                        first_panel, last_panel);
                 }
                 if (function == nullptr) return;
                 function({rows.count, first_unit, last_unit, hidden_, rows.a, rows.previous_of,
                           rows.next_of, rows.operand});
               });
  };
  const auto product_and = [&](const std::vector<PackedWeight>& blocks, const T* const* operand,
                               void (*function)(const CellStep<T>&)) {
    for (const PackedWeight& weight : blocks) block_product_and(weight, operand, function);
  };
  for (std::size_t step = 0; step < plan.steps(); ++step) {
    const std::size_t active = plan.active(step);
    const auto each_chunk = [&](const Share& of, const auto& body) {
      for (std::size_t first = 0; locate(plan, step, of, first, active, 1, rows), rows.count > 0;
           first += rows.count) {
        body();
      }
    };
    if (weights_.functions.gate != nullptr) {
      each_chunk(share, [&] {
        product_and(weights_.forward_first, rows.previous[0], weights_.functions.gate);
      });
      share.meet();
      each_chunk(share, [&] {
        product_and(weights_.forward_second, rows.operand, weights_.functions.forward);
      });
    } else if (!weights_.row_stages.empty()) {
      each_chunk(share, [&] { product_and(weights_.forward_first, rows.previous[0], nullptr); });
      share.meet();
      each_chunk(share.by_rows(), [&] { forward_rows(rows); });
    } else {
      each_chunk(share, [&] {
        product_and(weights_.forward_first, rows.previous[0], weights_.functions.forward);
      });
    }
    share.meet();
  }
}

// The part of `a` that a packed weight multiplies on the way back.
template <class T>
void RecurrentLayer<T>::locate_slots(const PackedWeight& weight, const StepRows& of,
                                     const T** rows) const {
  for (std::size_t i = 0; i < of.count; ++i) rows[i] = of.a[i] + weight.operand;
}

template <class T>
void RecurrentLayer<T>::round_gradients(const std::vector<PackedWeight>& weights,
                                        const StepRows& of, const Share& share) const {
  if (weights_.precision == Precision::kFull) return;
  for (const PackedWeight& weight : weights) {
    const T* da[kRows];
    T* rounded[kRows];
    locate_slots(weight, of, da);
    locate_rounded(weight, of.count, share, rounded);
    round_rows(weight.layout, of.count, da, rounded);
  }
}

template <class T>
void RecurrentLayer<T>::backward_steps(const SequencePlan& plan, const Share& share,
                                       Rows<const T> dy, const std::vector<T*>& d_state,
                                       T* d_operand) const {
  StepRows rows, later;  // of the step at hand, and of the one after it
  StepGradients d;
  for (std::size_t k = 0; k < d_state.size(); ++k) d.state_of[k] = d.state[k];
  const auto locate_gradients = [&](const StepRows& of) {
    for (std::size_t i = 0; i < of.count; ++i) {
      for (std::size_t k = 0; k < d_state.size(); ++k) {
        d.state[k][i] = d_state[k] + of.rank[i] * hidden_;
      }
      d.operand[i] = d_operand + of.rank[i] * hidden_;
      d.dy[i] = dy.row(of.position[i]);
    }
  };
  // to (+)= da W for the slots of one packed weight.
  const auto product = [&](const PackedWeight& weight, std::size_t first_panel,
                           std::size_t last_panel, const StepRows& of, T* const* to,
                           bool accumulate) {
    const T* da[kRows];
    if (weights_.precision == Precision::kFull) {
      locate_slots(weight, of, da);
    } else {
      locate_rounded(weight, of.count, share, da);
    }
    kernels::multiply<T>(
        {weight.layout, packed().recurrent(weight), of.count, da, 1, accumulate ? to : nullptr, to},
        first_panel, last_panel);
  };

  const bool by_rows = !weights_.row_stages.empty();
  // Calls body(weights of a block, first panel, last panel, first unit, last unit) for each_group
  // of each block; without recurrent weights, for that of depth 0.
  const auto each_block = [&](const std::vector<PackedWeight>& weights, const auto& body) {
    for (std::size_t block = 0; block < weights_.heads; ++block) {
      const std::span<const PackedWeight> of = weights_.of_block(weights, block);
      each_group(
          of.empty() ? weights_.forward_first.front() : of.front(), rows, share,
          [&](std::size_t first_panel, std::size_t last_panel, std::size_t first_unit,
              std::size_t last_unit) { body(of, first_panel, last_panel, first_unit, last_unit); });
    }
  };
  // d_state holds the gradient of the states after `step` steps; da of steps >= `step` is ready.
  for (std::size_t step = plan.steps() + 1; step-- > 0;) {
    const std::size_t active = plan.active(step > 0 ? step - 1 : 0);
    const std::size_t active_later = plan.active(step);
    for (std::size_t first = 0;; first += rows.count) {
      locate(plan, step > 0 ? step - 1 : 0, share, first, active, -1, rows);
      if (rows.count == 0) break;
      locate(plan, step, share, first, active_later, -1, later);
      locate_gradients(rows);
      round_gradients(weights_.backward_first, later, share);
      each_block(weights_.backward_first, [&](std::span<const PackedWeight> weights,
                                              std::size_t first_panel, std::size_t last_panel,
                                              std::size_t first_unit, std::size_t last_unit) {
        prefetch(rows, first_unit, last_unit, dy);
        // dh_{t-1} += da_t W_hh
        for (const PackedWeight& weight : weights) {
          product(weight, first_panel, last_panel, later, d.state[0], true);
        }
        if (step == 0 || by_rows) return;
        // dh_t += dy_t, then da_t and the pointwise part of d(states)_{t-1}.
        weights_.functions.backward({rows.count, first_unit, last_unit, hidden_, rows.a,
                                     rows.previous_of, rows.next_of, d.state_of, d.dy, nullptr});
      });
    }
    share.meet();
    if ((weights_.functions.gate == nullptr && !by_rows) || step == 0) continue;
    const auto each_chunk = [&](const Share& of, const auto& body) {
      for (std::size_t first = 0;; first += rows.count) {
        locate(plan, step - 1, of, first, active, -1, rows);
        if (rows.count == 0) break;
        locate_gradients(rows);
        body();
      }
    };
    if (by_rows) {
      each_chunk(share.by_rows(), [&] { backward_rows(rows, d); });
      share.meet();
      continue;
    }
    // d(operand) = da W for the gates of the second product,
    each_chunk(share, [&] {
      round_gradients(weights_.backward_second, rows, share);
      each_block(weights_.backward_second,
                 [&](std::span<const PackedWeight> weights, std::size_t first_panel,
                     std::size_t last_panel, std::size_t, std::size_t) {
                   for (std::size_t w = 0; w < weights.size(); ++w) {
                     product(weights[w], first_panel, last_panel, rows, d.operand, w > 0);
                   }
                 });
    });
    share.meet();  // it reads da of all units, which gate_backward() writes
    // then through gate().
    each_chunk(share, [&] {
      each_block(weights_.backward_second,
                 [&](std::span<const PackedWeight>, std::size_t, std::size_t,
                     std::size_t first_unit, std::size_t last_unit) {
                   weights_.functions.gate_backward({rows.count, first_unit, last_unit, hidden_,
                                                     rows.a, rows.previous_of, rows.next_of,
                                                     d.state_of, nullptr, d.operand});
                 });
    });
    share.meet();
  }
}

template <class T>
void RecurrentLayer<T>::run_forward(const ThreadTeam& team, const SequencePlan& plan) const {
  run_shares(team, plan, [&](const Share& share) { forward_steps(plan, share); });
}

template <class T>
void RecurrentLayer<T>::run_backward(const ThreadTeam& team, const SequencePlan& plan,
                                     Rows<const T> dy, const std::vector<T*>& d_state,
                                     T* d_operand) const {
  run_shares(team, plan,
             [&](const Share& share) { backward_steps(plan, share, dy, d_state, d_operand); });
}

template void RecurrentLayer<float>::run_forward(const ThreadTeam&, const SequencePlan&) const;
template void RecurrentLayer<double>::run_forward(const ThreadTeam&, const SequencePlan&) const;
template void RecurrentLayer<float>::run_backward(const ThreadTeam&, const SequencePlan&,
                                                  Rows<const float>, const std::vector<float*>&,
                                                  float*) const;
template void RecurrentLayer<double>::run_backward(const ThreadTeam&, const SequencePlan&,
                                                   Rows<const double>, const std::vector<double*>&,
                                                   double*) const;

}  // namespace unroll
