#include "train_lm_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "model_options.h"
#include "unroll/core/error.h"

namespace unroll::app {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMaxCount = 1e15;  // exact in a double, below TOML's 2^63

using Spec = OptionSpec;

Spec path(const char* name, const char* help) {
  return {.name = name, .kind = Kind::kPath, .group = "Data", .help = help};
}

Spec choice(const char* name, const char* group, const char* help, const char* standard,
            std::vector<std::string> choices) {
  return {.name = name,
          .group = group,
          .help = help,
          .standard = std::string(standard),
          .choices = std::move(choices),
          .type = "NAME"};
}

Spec count(const char* name, const char* group, const char* help,
           std::optional<std::uint64_t> standard, double low, double high = kMaxCount) {
  Spec spec = {.name = name, .kind = Kind::kCount, .group = group, .help = help};
  if (standard) spec.standard = *standard;
  spec.low = low, spec.high = high;
  return spec;
}

Spec number(const char* name, const char* group, const char* help, std::optional<double> standard,
            double low, double high, bool low_open = false, bool high_open = false) {
  Spec spec = {.name = name, .kind = Kind::kNumber, .group = group, .help = help};
  if (standard) spec.standard = *standard;
  spec.low = low, spec.high = high, spec.low_open = low_open, spec.high_open = high_open;
  return spec;
}

const std::pair<const char*, std::optional<double> OptimizerOptions::*> kOptimizerNumbers[] = {
    {"momentum", &OptimizerOptions::momentum}, {"weight_decay", &OptimizerOptions::weight_decay},
    {"beta1", &OptimizerOptions::beta1},       {"beta2", &OptimizerOptions::beta2},
    {"decay", &OptimizerOptions::decay},       {"epsilon", &OptimizerOptions::epsilon},
};

// What the optimizers have when the option is not given: "0.9 (momentum, nesterov), 0 (rmsprop)".
std::string optimizer_defaults(std::optional<double> OptimizerOptions::*member) {
  std::vector<std::pair<double, std::string>> defaults;
  for (const std::string& name : optimizer_names()) {
    const std::optional<double> value = complete({.name = name}).*member;
    if (!value) continue;
    const auto same = std::find_if(defaults.begin(), defaults.end(),
                                   [&](const auto& other) { return other.first == *value; });
    if (same == defaults.end()) {
      defaults.emplace_back(*value, name);
    } else {
      same->second += ", " + name;
    }
  }
  std::string text;
  for (const auto& [value, names] : defaults) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", value, names);
  }
  return text;
}

OptimizerOptions optimizer_options(const Options& options) {
  OptimizerOptions optimizer = {.name = options.text("optimizer")};
  for (const auto& [name, member] : kOptimizerNumbers) {
    optimizer.*member = options.optional_number(name);
  }
  return optimizer;
}

ScheduleOptions schedule_options(const Options& options, std::uint64_t total_updates) {
  return {.name = options.text("schedule"),
          .learning_rate = options.number("learning_rate"),
          .divide_by = options.optional_number("divide_by"),
          .divide_from = options.optional_count("divide_from"),
          .warmup = options.optional_count("warmup"),
          .final_rate = options.optional_number("final_rate"),
          .total_updates = total_updates};
}

void complete_optimizer(Options& options) {
  // One at a time, so that the message names the option that the optimizer lacks.
  for (const auto& [name, member] : kOptimizerNumbers) {
    if (!options.given(name)) continue;
    OptimizerOptions alone = {.name = options.text("optimizer")};
    alone.*member = options.number(name);
    try {
      complete(alone);
    } catch (const ValueError& error) {
      options.fail(name, error.what());
    }
  }
  const OptimizerOptions completed = complete(optimizer_options(options));
  for (const auto& [name, member] : kOptimizerNumbers) {
    if (completed.*member) options.set(name, *(completed.*member));
  }
}

// `total_updates`: of the run, or "many" where that is not known yet.
void check_schedule(const Options& options, std::uint64_t total_updates) {
  const ScheduleOptions all = schedule_options(options, total_updates);
  const auto check = [&](const char* name, auto member) {
    if (!options.given(name)) return;
    ScheduleOptions alone = {.name = all.name, .learning_rate = all.learning_rate};
    alone.total_updates = total_updates;
    alone.*member = all.*member;
    try {
      Schedule{alone};
    } catch (const ValueError& error) {
      options.fail(name, error.what());
    }
  };
  check("divide_by", &ScheduleOptions::divide_by);
  check("divide_from", &ScheduleOptions::divide_from);
  check("warmup", &ScheduleOptions::warmup);
  check("final_rate", &ScheduleOptions::final_rate);
}

void complete_schedule(Options& options) {
  constexpr auto kMany = static_cast<std::uint64_t>(kMaxCount) + 1;
  check_schedule(options, kMany);
  const ScheduleOptions completed = Schedule(schedule_options(options, kMany)).options();
  if (completed.divide_by) options.set("divide_by", *completed.divide_by);
  if (completed.divide_from) options.set("divide_from", *completed.divide_from);
  if (completed.warmup) options.set("warmup", *completed.warmup);
  if (completed.final_rate) options.set("final_rate", *completed.final_rate);
}

}  // namespace

std::vector<OptionSpec> train_lm_table() {
  std::vector<Spec> table = {
      path("train", "text to train on"),
      path("valid", "text to choose the best epoch by"),
      path("test", "text to measure the finished model on"),
      choice("level", "Data", "what a token is: word, char, byte", "word",
             {"word", "char", "byte"}),
      count("max_tokens", "Data", "train on the first N tokens only; 0: on all", 0, 0),
      count("vocabulary_size", "Data",
            "keep the N most frequent tokens, the others become <unk>; 0: keep all", 10000, 0),
      count("min_count", "Data", "tokens that are rarer become <unk>", 1, 1),
  };
  for (Spec& spec : model_option_table(200, 200, 1)) table.push_back(std::move(spec));
  const char* group = "Back-propagation through time";
  for (Spec& spec : std::vector<Spec>{
           count("bptt", group, "time steps of a window", 35, 1, 1 << 20),
           count("batch", group, "lanes that the text is cut into", 20, 1, 1 << 20),
           choice("cursor", group,
                  "epoch: lanes restart with a zero state each epoch; wrap: they run on around the "
                  "end of the text",
                  "epoch", {"epoch", "wrap"}),
           choice("reduction", group,
                  "the loss is a mean over the tokens of a window (mean), or over the lanes and a "
                  "sum over the time steps (batch)",
                  "mean", {"mean", "batch"}),
       }) {
    table.push_back(std::move(spec));
  }
  group = "Optimization";
  for (Spec& spec : std::vector<Spec>{
           choice("optimizer", group, "", "adam", optimizer_names()),
           number("learning_rate", group, "", 2e-3, 0, kInfinity, true),
           number("momentum", group, "share of the last step that the next one keeps", {}, 0, 1,
                  false, true),
           number("weight_decay", group, "", {}, 0, kInfinity),
           number("beta1", group, "decay of the mean", {}, 0, 1, false, true),
           number("beta2", group, "decay of the mean square", {}, 0, 1, false, true),
           number("decay", group, "decay of the mean square", {}, 0, 1, false, true),
           number("epsilon", group, "added to the root of the mean square", {}, 0, kInfinity, true),
           number("clip_norm", group, "largest norm of the gradient; 0: no clipping", 1.0, 0,
                  kInfinity),
           choice("schedule", group, "", "cosine", schedule_names()),
           number("divide_by", group,
                  "divide, plateau: what the learning rate is divided by; 2 when not given", {}, 1,
                  kInfinity),
           count("divide_from", group,
                 "divide: first epoch with a divided learning rate; 2 when not given", {}, 1),
           count("warmup", group, "cosine: updates while the learning rate rises; 0 when not given",
                 {}, 0),
           number("final_rate", group, "cosine: learning rate at the end; 0 when not given", {}, 0,
                  kInfinity),
       }) {
    if (spec.name == "optimizer") spec.help = fmt::format("{}", fmt::join(spec.choices, ", "));
    if (spec.name == "schedule") {
      spec.help = fmt::format("of the learning rate: {}", fmt::join(spec.choices, ", "));
    }
    if (spec.name == "learning_rate") spec.help = "of the first updates";
    if (spec.name == "weight_decay") spec.help = "pull of the parameters towards zero";
    for (const auto& [name, member] : kOptimizerNumbers) {
      if (spec.name == name) spec.help += "; when not given " + optimizer_defaults(member);
    }
    table.push_back(std::move(spec));
  }
  group = "Run";
  for (Spec& spec : std::vector<Spec>{
           count("epochs", group, "passes over the training text", 10, 1),
           count("patience", group,
                 "stop after N epochs without a better validation loss; 0: never", 0, 0),
           count("seed", group, "of all random numbers", 1, 0),
           count("threads", group, "change the speed, never the result",
                 static_cast<std::uint64_t>(available_threads()), 1, 1024),
           choice("dtype", group, "type of all numbers: f32, f64", "f32", {"f32", "f64"}),
           count("checkpoint_every", group,
                 "updates between two checkpoints; 0: after each epoch only", 0, 0),
       }) {
    table.push_back(std::move(spec));
  }
  return table;
}

void complete_train_lm_options(Options& options) {
  complete_model_options(options);
  complete_optimizer(options);
  complete_schedule(options);
  if (!options.has("valid")) {
    if (options.count("patience") > 0) options.fail("patience", "needs valid, a text to judge by");
    if (options.text("schedule") == "plateau") {
      options.fail("schedule", "needs valid, a text to judge by");
    }
  }
}

VocabularyOptions vocabulary_options(const Options& options) {
  return {.max_size = options.size("vocabulary_size"),
          .min_count = options.size("min_count"),
          .max_tokens = options.size("max_tokens")};
}

LanguageModelTaskOptions task_options(const Options& options) {
  return {.model = model_options(options, 0),
          .initialization = initialization_options(options),
          .bptt = {.batch = options.size("batch"),
                   .bptt = options.size("bptt"),
                   .cursor = parse_cursor(options.text("cursor"))},
          .reduction = parse_window_reduction(options.text("reduction")),
          .seed = options.count("seed")};
}

TrainingOptions training_options(const Options& options, std::uint64_t updates_per_epoch) {
  const std::uint64_t epochs = options.count("epochs");
  if (epochs > std::numeric_limits<std::uint64_t>::max() / updates_per_epoch) {
    options.fail("epochs", "these are more updates than can be counted");
  }
  check_schedule(options, epochs * updates_per_epoch);
  return {.optimizer = optimizer_options(options),
          .schedule = schedule_options(options, 0),
          .clip_norm = options.number("clip_norm"),
          .epochs = epochs,
          .patience = options.count("patience"),
          .checkpoint_every = options.count("checkpoint_every"),
          .threads = static_cast<int>(options.count("threads"))};
}

}  // namespace unroll::app
