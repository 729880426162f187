// Recurrent networks, ours against oneDNN's or against ours of another shape in the same run: rows
// of shape, work and threads. Every row compares the results with oneDNN's first, and fails where
// they differ.
//
// Beside Google Benchmark's options (--benchmark_filter=REGEX, --benchmark_out=FILE) it has
// --seconds=X: how long each row is measured.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "interleaved.h"
#include "pair.h"
#include "rows.h"
#include "single_passes.h"
#include "table.h"
#include "unroll/kernels/machine_limit.h"

namespace unroll::benchmarks {
namespace {

constexpr int kMostThreads = 2;

struct Settings {
  double seconds = 1;
  double peak[kMostThreads + 1] = {};  // GF/s of so many threads, the best so far
};

// The pair of the last row, which the next rows of the shape use too.
Pair& pair_of(const Rows& rows, int threads) {
  static std::string name;
  static Pair pair;
  const std::string wanted = row_name(rows, rows.work.front(), threads);
  if (name != wanted) {
    name.clear();
    pair = {};
    pair = make_pair(rows, threads);
    name = wanted;
  }
  return pair;
}

// One step of one sequence is what somebody waits for: not the median alone matters.
void add_single_passes(benchmark::State& state, Pair& pair, double seconds) {
  const auto [own, rival] = single_passes(*pair.own, *pair.rival, seconds);
  for (const auto& [prefix, latency] : {std::pair{"", &own}, std::pair{"rival_", &rival}}) {
    const std::string name = prefix;
    state.counters[name + "p50_us"] = latency->p50;
    state.counters[name + "p999_us"] = latency->p999;
    state.counters[name + "max_us"] = latency->max;
    state.counters[name + "single_passes"] = static_cast<double>(latency->passes);
  }
  if (own.allocations) state.counters["allocations"] = static_cast<double>(*own.allocations);
}

void run_row(benchmark::State& state, const Rows& rows, Work work, int threads,
             Settings& settings) {
  try {
    Pair& pair = pair_of(rows, threads);
    // Other loads on the machine may have been in the way when the program started.
    double& peak = settings.peak[threads];
    peak = std::max(peak, fma_peak<float>(ThreadTeam(threads)));
    for (auto _ : state) {
      const Times times =
          interleaved(*pair.own, *pair.rival, work, threads == 1 ? Clock::kThread : Clock::kWall,
                      settings.seconds);
      state.SetIterationTime(times.own);
      const double passes = work == Work::kForward ? 1 : work == Work::kBackward ? 2 : 3;
      const double gflops = passes * pair.operations / times.own / 1e9;
      state.counters["us"] = 1e6 * times.own;
      state.counters["rival_us"] = 1e6 * times.rival * pair.factor;
      state.counters["ratio"] = times.rival * pair.factor / times.own;
      state.counters["best_us"] = 1e6 * times.best_own;
      state.counters["rival_best_us"] = 1e6 * times.best_rival * pair.factor;
      state.counters["best_ratio"] = times.best_rival * pair.factor / times.best_own;
      state.counters["gflops"] = gflops;
      state.counters["limit_fraction"] = gflops / peak;
      state.counters["samples"] = static_cast<double>(times.samples);
      state.SetLabel(pair.label);
    }
    if (is_step(rows.shape) && work == Work::kForward) {
      add_single_passes(state, pair, settings.seconds);
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

void register_rows(Settings& settings) {
  for (const Rows& rows : all_rows()) {
    for (int threads = 1; threads <= kMostThreads; ++threads) {
      for (const Work work : rows.work) {
        benchmark::RegisterBenchmark(row_name(rows, work, threads).c_str(),
                                     [=, &settings](benchmark::State& state) {
                                       run_row(state, rows, work, threads, settings);
                                     })
            ->UseManualTime()
            ->Iterations(1)
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

void measure_limit(Settings& settings) {
  fmt::print("limit on {}, GF/s of float and double; reading, GB/s\n", instruction_set());
  for (int threads = 1; threads <= kMostThreads; ++threads) {
    const ThreadTeam team(threads);
    for (int run = 0; run < 10; ++run) {
      settings.peak[threads] = std::max(settings.peak[threads], fma_peak<float>(team));
    }
    const double peak_of_double = fma_peak<double>(team);
    const ReadBandwidth read = read_bandwidth(team);
    fmt::print("{} thread{}: {:.0f} and {:.0f}; L1 {:.0f}, L2 {:.0f}, L3 {:.0f}, memory {:.0f}\n",
               threads, threads == 1 ? " " : "s", settings.peak[threads], peak_of_double, read.l1,
               read.l2, read.l3, read.memory);
  }
  fmt::print("\n");
  std::fflush(stdout);
}

// Takes --seconds=X, which Google Benchmark does not know, out of the arguments.
bool take_seconds(int& argc, char** argv, Settings& settings) {
  constexpr std::string_view kFlag = "--seconds=";
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with(kFlag)) {
      argv[kept++] = argv[i];
      continue;
    }
    const char* const end = argument.data() + argument.size();
    const auto [stop, error] =
        std::from_chars(argument.data() + kFlag.size(), end, settings.seconds);
    if (error != std::errc() || stop != end || !std::isfinite(settings.seconds) ||
        settings.seconds <= 0) {
      fmt::print(stderr, "{}: wanted a number above 0\n", argument);
      return false;
    }
  }
  argc = kept;
  return true;
}

int run(int argc, char** argv) {
  Settings settings;
  if (!take_seconds(argc, argv, settings)) return 2;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  register_rows(settings);
  Table table([&] { measure_limit(settings); });
  if (benchmark::RunSpecifiedBenchmarks(&table) == 0) return 1;
  benchmark::Shutdown();
  return table.failed() ? 1 : 0;
}

}  // namespace
}  // namespace unroll::benchmarks

int main(int argc, char** argv) {
  try {
    return unroll::benchmarks::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "recurrence_benchmark: {}\n", error.what());
    return 1;
  }
}
