#include "options/sequence_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "errors.h"
#include "options/dtype.h"
#include "options/head_options.h"
#include "options/initial_state.h"
#include "options/lists.h"
#include "options/model_options.h"
#include "options/option_specs.h"
#include "options/threads.h"
#include "options/training_options.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll::app {
namespace {

std::vector<OptionSpec> data_table(SequenceVerb verb) {
  const char* group = "Data";
  std::vector<OptionSpec> table = {
      path_option("train", group,
                  "sequences to train on: .ts, .csv, .npz, .jsonl, .txt, .conll, "
                  ".conllu"),
      path_option("valid", group, "sequences to choose the best epoch by"),
      path_option("test", group, "sequences to measure the finished model on"),
      number_option("valid_fraction", group,
                    "without valid: share of the training sequences that is held out to choose the "
                    "best epoch by, drawn by the seed, of every label alike; 0: none",
                    0.1, 0, 1, false, true)};
  append(table, reader_table());
  group = "Preparation";
  append(table, {switch_option("standardize", group,
                               "bring features (and targets) to mean 0 and variance 1", true),
                 choice_option("missing", group,
                               "what becomes of a missing value: refuse, zero, mean, previous",
                               "refuse", {"refuse", "zero", "mean", "previous"}),
                 switch_option("missing_mask", group,
                               "a further feature for each: 1 where its value is missing", false),
                 count_option("vocabulary_size", group,
                              "of text: keep the N most frequent tokens; 0: all", 10000, 0),
                 count_option("min_count", group, "of text: tokens that are rarer count as unknown",
                              2, 1)});
  if (verb == SequenceVerb::kClassify) {
    append(table, {switch_option("multi_label", group,
                                 "a label is a set of labels, written a|b; | alone: none of them",
                                 false)});
  }
  return table;
}

}  // namespace

std::vector<OptionSpec> train_sequences_table(SequenceVerb verb) {
  std::vector<OptionSpec> table = data_table(verb);
  const char* group = "Model";
  append(table, recurrence_option_table("gru", 64, 1, 0.2));
  append(table, {switch_option("bidirectional", group, "read each sequence both ways", true),
                 embedding_option(64), trained_initial_state_option()});
  if (verb != SequenceVerb::kTag) {
    std::vector<std::string> parts = {"last",     "mean",     "max",          "last+mean",
                                      "last+max", "mean+max", "last+mean+max"};
    const char* help =
        "what the output layer reads: the last state, the mean and the maximum over "
        "the steps, joined by +";
    if (verb == SequenceVerb::kRegress) {
      parts.push_back("steps");
      help =
          "what the output layer reads: the last state, the mean and the maximum over the "
          "steps, joined by +; or steps, for a target a step";
    }
    append(table, {choice_option("pooling", group, help, "last+mean+max", parts)});
  }
  group = "Loss";
  if (verb == SequenceVerb::kRegress) {
    append(table,
           {choice_option("loss", group,
                          "squared_error, absolute, huber, gaussian: a mean and a variance, or "
                          "quantiles: the median and an interval",
                          "squared_error", head_names(HeadTargets::kNumbers)),
            quantiles_option()});
  } else {
    if (verb == SequenceVerb::kTag) {
      append(table, {choice_option("head", group,
                                   "softmax: each step by itself; crf: the labels of a sequence "
                                   "together, with learnt transitions between them",
                                   "softmax", head_names(HeadTargets::kClass))});
    }
    OptionSpec weights = text_option("class_weights", group,
                                     "none, balanced (1/frequency), or a=2,b=0.5", "WEIGHTS");
    weights.standard = std::string("none");
    append(table, {weights});
  }
  append(table, optimization_table(5e-3));
  group = "Run";
  append(table, {count_option("batch", group, "sequences of a batch", 16, 1, 1 << 20),
                 shards_option(group)});
  append(table, budget_table("training sequences", 40, 1000));
  append(table, run_table());
  return table;
}

void complete_train_sequences_options(Options& options) {
  complete_recurrence_options(options);
  if (options.has("valid")) {
    if (options.given("valid_fraction")) {
      options.fail("valid_fraction", "valid is given too; leave one of them out");
    }
    options.clear("valid_fraction");
  }
  complete_training_options(options, options.has("valid") || options.number("valid_fraction") > 0);
  complete_budget(options);
  check_shards(options);
  if (options.is_on("missing_mask") && options.text("missing") == "refuse") {
    options.fail("missing_mask",
                 "needs missing zero, mean or previous; refuse leaves no gap to mark");
  }
  static_cast<void>(reader_options(options));
}

TargetKind target_kind(const Options& options, SequenceVerb verb) {
  if (verb == SequenceVerb::kClassify) return TargetKind::kLabel;
  if (verb == SequenceVerb::kTag) return TargetKind::kStepLabel;
  return options.text("pooling") == "steps" ? TargetKind::kStepValue : TargetKind::kValue;
}

PreprocessingOptions preprocessing_options(const Options& options, SequenceVerb verb) {
  return {.standardize = options.is_on("standardize"),
          .missing = parse_missing(options.text("missing")),
          .missing_mask = options.is_on("missing_mask"),
          .multi_label = verb == SequenceVerb::kClassify && options.is_on("multi_label"),
          .level = reader_options(options).level,
          .vocabulary = {.max_size = options.size("vocabulary_size"),
                         .min_count = options.size("min_count")}};
}

SequenceModelOptions sequence_model_options(const Options& options, SequenceVerb verb) {
  return {.embedding_size = options.size("embedding"),
          .hidden_size = options.size("hidden"),
          .layers = options.size("layers"),
          .bidirectional = options.is_on("bidirectional"),
          .cell = cell_options(options),
          .pooling = parse_pooling(verb == SequenceVerb::kTag ? "steps" : options.text("pooling")),
          .head = sequence_head(options, verb),
          .dropout = options.number("dropout"),
          .initial_state = initial_state(options),
          .bias = parse_bias(options.text("bias")),
          .precision = precision(options)};
}

HeadOptions sequence_head(const Options& options, SequenceVerb verb) {
  if (verb == SequenceVerb::kRegress) return number_head(options);
  if (verb == SequenceVerb::kTag) return {.name = options.text("head")};
  const bool sets = options.is_on("multi_label");
  return {.name = sets ? "sigmoid" : "softmax"};
}

ClassWeights class_weights(const Options& options) {
  const std::string& text = options.text("class_weights");
  if (text == "none") return {};
  if (text == "balanced") return {.balanced = true};
  ClassWeights weights;
  for (const std::string& part : list_of(text)) {
    const std::size_t equals = part.rfind('=');
    double weight = 0;
    const char* end = part.data() + part.size();
    if (equals == std::string::npos ||
        std::from_chars(part.data() + equals + 1, end, weight).ptr != end ||
        !(weight >= 1e-6 && weight <= 1e6)) {
      options.fail("class_weights",
                   "wants none, balanced, or LABEL=WEIGHT with commas between, of 1e-6 to 1e6");
    }
    weights.given.emplace_back(part.substr(0, equals), weight);
  }
  return weights;
}

void require_series_options(const Options& options, const std::string& model) {
  std::vector<std::string> others = options.given_flags();
  for (const char* used : {"--time", "--time-format", "--initial-state", "--threads"}) {
    std::erase(others, used);
  }
  if (others.empty()) return;
  throw UsageError(
      fmt::format("{}: {} forecasts a series, whose file takes --time and --time-format alone",
                  fmt::join(others, ", "), model));
}

void require_sequence_options(const Options& options, const std::string& model) {
  if (!options.given("time_format")) return;
  options.fail("time_format", model + " forecasts no series; leave it out");
}

}  // namespace unroll::app
