#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "measure/latency.h"
#include "unroll/nn/recurrence.h"

namespace unroll::measure {

// What to time.
struct SpeedOptions {
  RecurrenceOptions recurrence = {};
  std::size_t steps = 0, batch = 0;           // T, N
  std::span<const std::size_t> lengths = {};  // (N); empty: all T
  int threads = 1;
  double seconds = 0;  // how long to measure, or three passes of each kind where they take longer
  std::uint64_t seed = 0;
};

// The time of one pass, and how many were timed.
struct PassTime {
  double microseconds = 0;  // median
  std::uint64_t passes = 0;
};

struct RecurrenceSpeed {
  PassTime forward = {};           // inference; the weights are packed already
  Latency single_forward = {};     // the same, one by one
  PassTime forward_backward = {};  // training; all parameters changed before, so packing counts
  double operations = 0;           // forward: 2·G·H·(I+H) a token, layer and direction
  double peak_gflops = 0;          // the best before, between and after
  std::optional<double> allocations_per_step = {};  // on the heap, in all timed passes
};

// Random input and gradient, PyTorch's initial weights; states are carried from pass to pass.
template <class T>
RecurrenceSpeed measure_speed(const SpeedOptions& options);

extern template RecurrenceSpeed measure_speed<float>(const SpeedOptions& options);
extern template RecurrenceSpeed measure_speed<double>(const SpeedOptions& options);

}  // namespace unroll::measure
