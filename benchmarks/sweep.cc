// The speed of a recurrent layer against its size, on every instruction set of this processor: a
// line a size, as CSV. Exits 1 where a size is a cliff (cliffs.h), and names it on standard error.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cliffs.h"
#include "interleaved.h"
#include "own_network.h"
#include "unroll/kernels/machine_limit.h"

namespace unroll::benchmarks {
namespace {

// Whole vectors, their neighbours, and sizes between them, each at most a third above the last.
constexpr std::size_t kHidden[] = {16,  17,  20,  24,  28,  31,  32,   33,   40,   48,   50,
                                   63,  64,  65,  80,  96,  100, 127,  128,  129,  150,  160,
                                   192, 200, 224, 256, 257, 300, 320,  384,  400,  450,  511,
                                   512, 513, 600, 650, 768, 900, 1000, 1024, 1200, 1500, 1536};
constexpr std::size_t kBatches[] = {1, 4, 20, 64}, kSteps = 20;

struct Settings {
  std::string cell = "lstm";
  std::vector<std::string> targets = instruction_sets();
  double seconds = 0.05;
};

// GF/s of the fastest sample.
struct Speed {
  double forward = 0, training = 0;
};

Speed measure(const Settings& settings, std::size_t batch, std::size_t hidden) {
  const CellOptions cell = {.name = settings.cell};
  OwnNetwork network(
      {.cell = cell, .steps = kSteps, .batch = batch, .inputs = hidden, .hidden = hidden}, 1);
  const auto speed = [&](Work work, double passes) {
    return passes * network.operations() / 1e9 /
           fastest(network, work, Clock::kThread, settings.seconds);
  };
  return {speed(Work::kForward, 1), speed(Work::kTraining, 3)};
}

// The sizes that are below their neighbours, in one kind of work or the other.
std::vector<std::size_t> cliffs_of(const std::vector<Speed>& speeds) {
  std::vector<std::size_t> places;
  for (double Speed::*work : {&Speed::forward, &Speed::training}) {
    std::vector<double> numbers;
    for (const Speed& speed : speeds) numbers.push_back(speed.*work);
    for (const std::size_t place : cliffs(numbers)) places.push_back(place);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

std::vector<Speed> sweep(const Settings& settings, std::size_t batch) {
  std::vector<Speed> speeds;
  for (const std::size_t hidden : kHidden) speeds.push_back(measure(settings, batch, hidden));
  // Other loads on the machine make cliffs too, but not in the same place again.
  for (int again = 0; again < 3; ++again) {
    for (const std::size_t place : cliffs_of(speeds)) {
      const Speed next = measure(settings, batch, kHidden[place]);
      speeds[place].forward = std::max(speeds[place].forward, next.forward);
      speeds[place].training = std::max(speeds[place].training, next.training);
    }
  }
  return speeds;
}

bool run(const Settings& settings) {
  bool even = true;
  fmt::print("instruction set,cell,batch,hidden,forward GF/s,forward and backward GF/s,limit\n");
  for (const std::string& target : settings.targets) {
    set_instruction_set(target);
    for (const std::size_t batch : kBatches) {
      const std::vector<Speed> speeds = sweep(settings, batch);
      const double limit = fma_peak<float>(ThreadTeam(1));
      for (std::size_t i = 0; i < speeds.size(); ++i) {
        fmt::print("{},{},{},{},{:.1f},{:.1f},{:.0f}\n", target, settings.cell, batch, kHidden[i],
                   speeds[i].forward, speeds[i].training, limit);
      }
      std::fflush(stdout);
      for (const std::size_t place : cliffs_of(speeds)) {
        even = false;
        fmt::print(stderr, "{} N={} H={}: below 0.8 of a neighbour\n", target, batch,
                   kHidden[place]);
      }
    }
  }
  return even;
}

}  // namespace
}  // namespace unroll::benchmarks

int main(int argc, char** argv) {
  unroll::benchmarks::Settings settings;
  // The fallback takes minutes a size, and nobody's processor has nothing better.
  std::erase(settings.targets, "scalar");
  CLI::App app("Speed against size: a recurrent layer with as many inputs as units, one thread.");
  app.add_option("--cell", settings.cell, "cell")->capture_default_str();
  app.add_option("--target", settings.targets, "instruction sets")->capture_default_str();
  app.add_option("--seconds", settings.seconds, "of each kind of work and size, at least")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return unroll::benchmarks::run(settings) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sweep: {}\n", error.what());
    return 2;
  }
}
