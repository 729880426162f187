#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "command_line/command_line.h"
#include "options/options.h"
#include "output/data_report.h"
#include "output/figures.h"
#include "output/progress.h"
#include "support/json.h"
#include "unroll/jobs/fit.h"

namespace unroll::app {

// What a verb of training adds to what all of them have: --output, --resume, --config, --overwrite,
// --quiet and --json, the folder of the run, progress, signals, the loop.
struct TrainingVerb {
  std::string name = {};   // "train lm"
  std::string input = {};  // the option that cannot be left out: "train"
  std::string input_help = {};
  ItemStyle items = {};
  std::vector<OptionSpec> table = {};
  void (*complete)(Options& options) = nullptr;
  // Make the job from its files, and say of these what was read.
  std::unique_ptr<Fit<float>> (*make_f32)(const Options& options, DataReport& data) = nullptr;
  std::unique_ptr<Fit<double>> (*make_f64)(const Options& options, DataReport& data) = nullptr;
  // The figures of the report for people, whole lines.
  std::string (*text)(const Json& result) = evaluation_text;
};

std::function<int()> declare_training(CommandLine& line, TrainingVerb verb);

}  // namespace unroll::app
