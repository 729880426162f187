#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "command_line/command_line.h"
#include "io/json.h"
#include "options/options.h"
#include "output/progress.h"
#include "unroll/core/threads.h"
#include "unroll/train/training.h"

namespace unroll::app {

// A model with its data, and what is to be said of it in the end.
template <class T>
class TrainingJob {
 public:
  virtual ~TrainingJob() = default;
  virtual TrainingTask<T>& task() = 0;
  // What is particular to this kind of model, measured on the one that was kept: keys of the
  // result.
  virtual Json result(const std::vector<EpochRecord>& history, const std::string& model,
                      const ThreadTeam& team) = 0;
  // What the model that was kept says of the test data, or else of the validation data, as CSV;
  // empty where there are none.
  virtual std::string predictions() { return ""; }
  // The result for people, whole lines.
  virtual std::string text(const Json& result) const = 0;
};

// What a verb of training adds to what all of them have: --output, --resume, --config, --overwrite,
// --quiet and --json, the folder of the run, progress, signals, the loop.
struct TrainingVerb {
  std::string name = {};   // "train lm"
  std::string input = {};  // the option that cannot be left out: "train"
  std::string input_help = {};
  ItemStyle items = {};
  std::vector<OptionSpec> table = {};
  void (*complete)(Options& options) = nullptr;
  std::unique_ptr<TrainingJob<float>> (*make_f32)(const Options& options) = nullptr;
  std::unique_ptr<TrainingJob<double>> (*make_f64)(const Options& options) = nullptr;
};

std::function<int()> declare_training(CommandLine& line, TrainingVerb verb);

}  // namespace unroll::app
