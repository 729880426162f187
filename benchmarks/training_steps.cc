// The speed of whole training steps (embedding, network, softmax, clipping, optimizer) on random
// words: the task, the loop and what holds when a recipe says nothing are those of `unroll train
// lm`, so the number is what its users get. benchmarks/compare_frameworks.py measures the rivals
// beside it.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "random_text.h"
#include "recipe.h"
#include "unroll/core/error.h"
#include "unroll/train/training.h"

namespace unroll {
namespace {

constexpr std::uint64_t kTextTokens = 929'589;  // of the Penn Treebank's training text
constexpr std::uint64_t kEndless = 1'000'000;   // epochs: a measurement is not to reach the last
constexpr std::uint64_t kWarmUp = 2;            // updates before the first measurement

struct Settings {
  std::string config = {}, cell = {}, dtype = {};
  std::size_t vocabulary = 10'000;
  int threads = available_threads();
  double seconds = 1;
  bool serve = false;
};

// Measures while the loop runs. Serving, each line of standard input is for how many seconds the
// next measurement shall last; the loop stands still while the line is awaited.
class Meter {
 public:
  Meter(const Settings& settings, double operations)
      : settings_(settings), operations_(operations) {}

  void after_update(const TrainingProgress& progress) {
    ++updates_;
    now_ = progress;
  }

  bool stop() {
    if (updates_ < kWarmUp) return false;
    if (limit_) {
      const double seconds = now_.seconds - begin_.seconds;
      if (seconds < *limit_) return false;
      print(seconds, static_cast<double>(now_.items - begin_.items) / seconds);
      if (!settings_.serve) return true;
    }
    double wanted = settings_.seconds;
    if (settings_.serve && !(std::cin >> wanted)) return true;
    limit_ = wanted, begin_ = now_, begin_updates_ = updates_;
    return false;
  }

 private:
  void print(double seconds, double words_per_second) const {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const nlohmann::ordered_json result = {
        {"words_per_second", words_per_second},
        {"gflops", words_per_second * operations_ * 1e-9},
        {"updates", updates_ - begin_updates_},
        {"seconds", seconds},
        {"threads", settings_.threads},
        {"peak_memory_bytes", static_cast<std::uint64_t>(usage.ru_maxrss) * 1024}};
    std::cout << result << std::endl;
  }

  const Settings& settings_;
  double operations_;
  std::optional<double> limit_ = {};
  TrainingProgress now_ = {}, begin_ = {};
  std::uint64_t updates_ = 0, begin_updates_ = 0;
};

template <class T>
void measure(const Settings& settings, const benchmarks::Recipe& recipe) {
  LanguageModelTask<T> task(recipe.task, benchmarks::random_vocabulary(settings.vocabulary),
                            benchmarks::random_text(settings.vocabulary, kTextTokens), {});
  MemoryStore store;
  TrainingLoop<T> loop(task, recipe.training, store);
  // Backward counts twice what forward does.
  Meter meter(settings, 3 * benchmarks::operations_per_word(task.model()));
  loop.run({.after_update = [&](const TrainingProgress& p) { meter.after_update(p); },
            .stop = [&] { return meter.stop(); }});
}

void run(const Settings& settings) {
  benchmarks::Recipe recipe;
  if (!settings.config.empty()) recipe = benchmarks::read_recipe(settings.config);
  if (!settings.cell.empty()) recipe.task.model.cell.name = settings.cell;
  if (!settings.dtype.empty()) recipe.dtype = settings.dtype;
  if (recipe.dtype == "bf16") recipe.task.model.precision = Precision::kBf16;
  recipe.training.epochs = kEndless;
  recipe.training.threads = settings.threads;
  if (recipe.dtype == "f64") {
    measure<double>(settings, recipe);
  } else {
    measure<float>(settings, recipe);
  }
}

}  // namespace
}  // namespace unroll

int main(int argc, char** argv) {
  unroll::Settings settings;
  CLI::App app("Measures training steps of a language model on random words.", "training_steps");
  app.add_option("config", settings.config,
                 "TOML file of `unroll train lm`, such as a recipe; its texts are not read")
      ->type_name("FILE");
  app.add_option("--cell", settings.cell, "in place of the file's");
  app.add_option("--dtype", settings.dtype, "in place of the file's")
      ->check(CLI::IsMember({"f32", "f64", "bf16"}));
  app.add_option("--vocabulary", settings.vocabulary, "distinct words")
      ->check(CLI::Range(2, 1 << 24))
      ->capture_default_str();
  app.add_option("--threads", settings.threads)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--seconds", settings.seconds, "to measure for, at least one update")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_flag("--serve", settings.serve,
               "measure once for each line of standard input, for as many seconds as it says");
  CLI11_PARSE(app, argc, argv);
  try {
    unroll::run(settings);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "training_steps: " << error.what() << '\n';
    return 1;
  }
}
