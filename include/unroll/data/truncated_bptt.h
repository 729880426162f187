#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "unroll/core/tensor.h"

#pragma GCC visibility push(default)

namespace unroll {

// How the lanes move over the text from one epoch to the next.
enum class Cursor : std::uint8_t {
  kEpoch,  // they restart, and the state is zeroed
  kWrap,   // they run on around the end of the text, and the state is carried on
};

// "epoch" or "wrap".
std::string_view cursor_name(Cursor cursor);
// The inverse; throws ValueError, naming the nearest valid name.
Cursor parse_cursor(std::string_view name);

struct TruncatedBpttOptions {
  std::size_t batch = 20;  // N, the lanes
  std::size_t bptt = 35;   // T, the time steps of a window
  Cursor cursor = Cursor::kEpoch;
};

// One window of all lanes, time-major: element (t, lane) is at t·batch + lane.
struct BpttWindow {
  std::size_t steps;             // T, at most bptt
  const std::uint32_t* inputs;   // (T, N)
  const std::uint32_t* targets;  // (T, N): the token after each input
};

// Where the next window starts.
struct BpttPosition {
  std::uint64_t epoch = 0;   // epochs completed
  std::uint64_t window = 0;  // windows completed of this epoch
  std::uint64_t cursor = 0;  // time steps done: in this epoch (kEpoch), since the start (kWrap)

  friend bool operator==(const BpttPosition&, const BpttPosition&) = default;
};

// Truncated back-propagation through time over one long text: cuts it into `batch` lanes, yields
// them window after window, and carries the state of each lane from one window to the next, by
// value only, so that no gradient passes (the detach).
//
// With n tokens, pair p is (input tokens[p], target tokens[p+1]), 0 <= p < n-1.
//   kEpoch  lanes of length (n-1)/batch (whole division); step t of lane i is pair i·length + t.
//   The
//           last window of an epoch is shorter where length is no multiple of bptt. The (n-1) mod
//           batch pairs at the end of the text are not used.
//   kWrap   step t of lane i is pair (i·((n-1)/batch) + t) mod (n-1), t running on for ever; all
//           windows have bptt steps, and (n-1)/(batch·bptt) of them are called an epoch.
template <class T>
class TruncatedBptt {
 public:
  // `tokens` must outlive the object. A state shape is (layers·directions, batch, hidden).
  // Throws ValueError for batch or bptt 0 and where there are fewer than batch·bptt + 1 tokens,
  // ShapeError for a state whose axis 1 is not batch.
  TruncatedBptt(std::span<const std::uint32_t> tokens, const TruncatedBpttOptions& options,
                const std::vector<Shape>& state_shapes);

  const TruncatedBpttOptions& options() const { return options_; }
  std::size_t windows_per_epoch() const { return windows_per_epoch_; }

  // The next window; its arrays stay valid until the next call. With kEpoch, the first window of an
  // epoch zeroes the state.
  BpttWindow next();

  // The states of all lanes, each of the shape given, zero at first. After next() they are the
  // initial states of that window; the model overwrites them with its final states.
  std::vector<Tensor<T>>& state() { return state_; }
  const std::vector<Tensor<T>>& state() const { return state_; }

  // To resume exactly, keep position() and state() between two windows, and give both to an object
  // made from the same tokens and options.
  const BpttPosition& position() const { return position_; }
  // Throws ValueError where `position` is none that these tokens and options lead to.
  void restore(const BpttPosition& position);

 private:
  std::span<const std::uint32_t> tokens_;
  TruncatedBpttOptions options_;
  std::size_t lane_length_;  // (n-1)/batch
  std::size_t windows_per_epoch_;
  BpttPosition position_;
  std::vector<Tensor<T>> state_;
  std::vector<std::uint32_t> inputs_;   // (bptt, batch)
  std::vector<std::uint32_t> targets_;  // (bptt, batch)
};

extern template class TruncatedBptt<float>;
extern template class TruncatedBptt<double>;

}  // namespace unroll

#pragma GCC visibility pop
