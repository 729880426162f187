// Recurrent networks, ours against oneDNN's in the same run: rows of shape, work and threads. Every
// row compares the results first, and fails where they differ.
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
#include <memory>
#include <string>
#include <string_view>

#include "agreement.h"
#include "interleaved.h"
#include "onednn_network.h"
#include "own_network.h"
#include "shapes.h"
#include "table.h"
#include "unroll/kernels/machine_limit.h"

namespace unroll::benchmarks {
namespace {

constexpr int kMostThreads = 2;

struct Settings {
  double seconds = 1;
  double peak[kMostThreads + 1] = {};  // GF/s of so many threads, the best so far
};

// Ours and the rival, for all rows of a shape: oneDNN, or, where the lengths differ, which oneDNN
// has no word for, this library on the full batch.
class Pair {
 public:
  Pair(const NetworkShape& shape, int threads) : own(shape, threads) {
    if (shape.uniform_lengths) {
      NetworkShape full = shape;
      full.uniform_lengths = false;
      auto whole = std::make_unique<OwnNetwork>(full, threads);
      share = own.tokens() / whole->tokens();
      label = fmt::format("{:.3f} of the full batch", share);
      rival = std::move(whole);
      return;
    }
    label = OnednnNetwork::version();
    rival = std::make_unique<OnednnNetwork>(shape, threads, own);
    // Twice, so that a gradient which adds to the one before is seen.
    for (Network* network : {static_cast<Network*>(&own), rival.get()}) {
      for (int pass = 0; pass < 2; ++pass) network->training_forward(), network->backward();
    }
    expect_agreement(shape, own.results(), rival->results());
    Arrays trained = own.results();
    own.inference();
    rival->inference();
    Arrays inferred = own.results(), theirs = rival->results();
    expect_agreement(shape, trained, inferred);
    expect_agreement(shape, inferred, theirs);
  }

  OwnNetwork own;
  std::unique_ptr<Network> rival;
  double share = 1;  // of the rival's work that ours has
  std::string label;
};

// The pair of the last row, which the next rows of the shape use too.
Pair& pair_of(const NetworkShape& shape, int threads) {
  static std::string name;
  static std::unique_ptr<Pair> pair;
  const std::string wanted = fmt::format("{}/{}", shape_name(shape), threads);
  if (name != wanted) {
    name.clear();
    pair.reset();
    pair = std::make_unique<Pair>(shape, threads);
    name = wanted;
  }
  return *pair;
}

void run_row(benchmark::State& state, const NetworkShape& shape, Work work, int threads,
             Settings& settings) {
  try {
    Pair& pair = pair_of(shape, threads);
    // Other loads on the machine may have been in the way when the program started.
    double& peak = settings.peak[threads];
    peak = std::max(peak, fma_peak<float>(ThreadTeam(threads)));
    for (auto _ : state) {
      const Times times =
          interleaved(pair.own, *pair.rival, work, threads == 1 ? Clock::kThread : Clock::kWall,
                      settings.seconds);
      state.SetIterationTime(times.own);
      const double passes = work == Work::kForward ? 1 : work == Work::kBackward ? 2 : 3;
      const double gflops = passes * pair.own.operations() / times.own / 1e9;
      state.counters["us"] = 1e6 * times.own;
      state.counters["rival_us"] = 1e6 * times.rival * pair.share;
      state.counters["ratio"] = times.rival * pair.share / times.own;
      state.counters["best_us"] = 1e6 * times.best_own;
      state.counters["rival_best_us"] = 1e6 * times.best_rival * pair.share;
      state.counters["best_ratio"] = times.best_rival * pair.share / times.best_own;
      state.counters["gflops"] = gflops;
      state.counters["limit_fraction"] = gflops / peak;
      state.counters["samples"] = static_cast<double>(times.samples);
      state.SetLabel(pair.label);
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

void register_rows(Settings& settings) {
  for (const NetworkShape& shape : all_shapes()) {
    for (int threads = 1; threads <= kMostThreads; ++threads) {
      for (const Work work : shape.work) {
        const std::string name =
            fmt::format("{}/{}/threads:{}", shape_name(shape), work_name(work), threads);
        benchmark::RegisterBenchmark(name.c_str(),
                                     [=, &settings](benchmark::State& state) {
                                       run_row(state, shape, work, threads, settings);
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
