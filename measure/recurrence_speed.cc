#include "measure/recurrence_speed.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "measure/allocations.h"
#include "unroll/core/random.h"
#include "unroll/kernels/machine_limit.h"
#include "unroll/nn/initialization.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll::measure {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <class Pass>
double seconds_of(std::uint64_t passes, const Pass& pass) {
  const Clock::time_point begin = Clock::now();
  for (std::uint64_t i = 0; i < passes; ++i) pass();
  return seconds_since(begin);
}

// Adds to `allocations` what the timed passes took from the heap.
template <class Pass>
PassTime time_pass(double seconds, const Pass& pass, std::optional<std::uint64_t>& allocations) {
  constexpr double kSample = 50e-6;  // reading the clock twice is then 0.1 % of a sample
  constexpr std::size_t kFewest = 3, kMost = 100'000;
  seconds_of(1, pass);  // takes memory, starts threads, packs
  const double once = std::max(seconds_of(2, pass) / 2, 1e-9);
  const auto passes = static_cast<std::uint64_t>(std::max(1.0, kSample / once));

  std::vector<double> samples;
  samples.reserve(kMost);
  const AllocationCount count;
  const Clock::time_point begin = Clock::now();
  while (samples.size() < kFewest || (samples.size() < kMost && seconds_since(begin) < seconds)) {
    samples.push_back(seconds_of(passes, pass));
  }
  if (const auto counted = count.count()) allocations = allocations.value_or(0) + *counted;

  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return {.microseconds = 1e6 * *middle / static_cast<double>(passes),
          .passes = passes * samples.size()};
}

template <class T>
std::vector<T> random_numbers(std::size_t size, const Random& random) {
  std::vector<T> numbers(size);
  for (std::size_t i = 0; i < size; ++i) numbers[i] = static_cast<T>(random.uniform(i, -1, 1));
  return numbers;
}

// Multiplications and additions of a forward pass: two a weight and token.
template <class T>
double operations_of(const Parameters<T>& parameters, const SpeedOptions& options) {
  const std::size_t tokens =
      options.lengths.empty()
          ? options.steps * options.batch
          : std::accumulate(options.lengths.begin(), options.lengths.end(), std::size_t{0});
  double weights = 0;
  for (const Parameter<T>* parameter : parameters) {
    if (parameter->shape().rank() == 2) weights += static_cast<double>(parameter->size());
  }
  return 2 * weights * static_cast<double>(tokens);
}

}  // namespace

template <class T>
RecurrenceSpeed measure_speed(const SpeedOptions& options) {
  Recurrence<T> recurrence(options.recurrence);
  RecurrencePass<T> pass(recurrence);
  const Parameters<T> parameters = recurrence.parameters();
  initialize(initial_parameters(recurrence), {.seed = options.seed});
  const std::size_t positions = options.steps * options.batch;
  const auto x = random_numbers<T>(positions * options.recurrence.input_size,
                                   Random(options.seed, RandomUse::kCheck, 1));
  const auto dy = random_numbers<T>(positions * recurrence.output_size(),
                                    Random(options.seed, RandomUse::kCheck, 2));
  std::vector<T> dx(x.size());
  States<T> states = recurrence.zero_states(options.batch);
  typename RecurrencePass<T>::Call call = {.steps = options.steps,
                                           .batch = options.batch,
                                           .lengths = options.lengths,
                                           .initial = &states,
                                           .final = &states,
                                           .dropout = {.seed = options.seed}};
  const ThreadTeam team(options.threads);

  RecurrenceSpeed speed;
  std::optional<std::uint64_t> allocations;
  const auto measure_peak = [&] {
    const bool bf16 = options.recurrence.precision == Precision::kBf16;
    speed.peak_gflops = std::max(speed.peak_gflops, bf16 ? bf16_peak(team) : fma_peak<T>(team));
  };
  measure_peak();
  const auto forward = [&] { pass.forward(team, x.data(), call); };
  speed.forward = time_pass(options.seconds / 4, forward, allocations);
  SinglePasses single;
  single.run(options.seconds / 4, forward);
  speed.single_forward = single.latency();
  if (const auto counted = speed.single_forward.allocations) {
    allocations = allocations.value_or(0) + *counted;
  }
  measure_peak();
  call.training = true;
  speed.forward_backward = time_pass(
      options.seconds / 2,
      [&] {
        for (Parameter<T>* parameter : parameters) parameter->edit();
        ++call.dropout.update;
        pass.forward(team, x.data(), call);
        pass.backward(team, dy.data(), nullptr, dx.data(), nullptr);
      },
      allocations);
  measure_peak();
  speed.operations = operations_of(parameters, options);
  const std::uint64_t passes =
      speed.forward.passes + speed.single_forward.passes + speed.forward_backward.passes;
  if (allocations) {
    speed.allocations_per_step = static_cast<double>(*allocations) / static_cast<double>(passes) /
                                 static_cast<double>(options.steps);
  }
  return speed;
}

template RecurrenceSpeed measure_speed<float>(const SpeedOptions& options);
template RecurrenceSpeed measure_speed<double>(const SpeedOptions& options);

}  // namespace unroll::measure
