#include "options/training_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "options/dtype.h"
#include "options/option_specs.h"
#include "options/threads.h"
#include "unroll/core/error.h"

namespace unroll::app {
namespace {

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

std::vector<OptionSpec> optimization_table(double learning_rate) {
  const char* group = "Optimization";
  std::vector<OptionSpec> table = {
      choice_option("optimizer", group, "", "adam", optimizer_names()),
      number_option("learning_rate", group, "", learning_rate, 0, kInfinity, true),
      number_option("momentum", group, "share of the last step that the next one keeps", {}, 0, 1,
                    false, true),
      number_option("weight_decay", group, "", {}, 0, kInfinity),
      number_option("beta1", group, "decay of the mean", {}, 0, 1, false, true),
      number_option("beta2", group, "decay of the mean square", {}, 0, 1, false, true),
      number_option("decay", group, "decay of the mean square", {}, 0, 1, false, true),
      number_option("epsilon", group, "added to the root of the mean square", {}, 0, kInfinity,
                    true),
      number_option("clip_norm", group, "largest norm of the gradient; 0: no clipping", 1.0, 0,
                    kInfinity),
      choice_option("schedule", group, "", "cosine", schedule_names()),
      number_option("divide_by", group,
                    "divide, plateau: what the learning rate is divided by; 2 when not given", {},
                    1, kInfinity),
      count_option("divide_from", group,
                   "divide: first epoch with a divided learning rate; 2 when not given", {}, 1),
      count_option("warmup", group,
                   "cosine: updates while the learning rate rises; 0 when not given", {}, 0),
      number_option("final_rate", group, "cosine: learning rate at the end; 0 when not given", {},
                    0, kInfinity),
  };
  for (OptionSpec& spec : table) {
    if (spec.name == "optimizer") spec.help = fmt::format("{}", fmt::join(spec.choices, ", "));
    if (spec.name == "schedule") {
      spec.help = fmt::format("of the learning rate: {}", fmt::join(spec.choices, ", "));
    }
    if (spec.name == "learning_rate") spec.help = "of the first updates";
    if (spec.name == "weight_decay") spec.help = "pull of the parameters towards zero";
    for (const auto& [name, member] : kOptimizerNumbers) {
      if (spec.name == name) spec.help += "; when not given " + optimizer_defaults(member);
    }
  }
  return table;
}

OptionSpec shards_option(const char* group) {
  return count_option("shards", group,
                      "parts of a batch whose gradients are computed one after the other, in the "
                      "memory of one, and added",
                      1, 1, 1 << 20);
}

void check_shards(const Options& options) {
  if (!options.has("batch") || options.size("shards") <= options.size("batch")) return;
  options.fail("shards", "a batch has " + std::to_string(options.size("batch")) + " rows");
}

std::vector<OptionSpec> run_table() {
  const char* group = "Run";
  return {count_option("patience", group,
                       "stop after N epochs without a better validation loss; 0: never", 0, 0),
          count_option("seed", group, "of all random numbers", 1, 0), threads_option(group),
          dtype_option(group),
          count_option(
              "checkpoint_every", group,
              "updates between two checkpoints; 0: after epochs only, at most one a second", 0, 0)};
}

std::vector<OptionSpec> budget_table(const std::string& data, std::uint64_t epochs,
                                     std::uint64_t updates) {
  const char* group = "Run";
  const std::string help = "passes over the " + data + ", at least; alone, exactly";
  return {count_option("epochs", group, help.c_str(), epochs, 1),
          count_option("updates", group,
                       "updates, at least: small data are passed over more often; 0: no such bound",
                       updates, 0)};
}

void complete_budget(Options& options) {
  if (options.given("epochs") && !options.given("updates"))
    options.set("updates", std::uint64_t{0});
  if (options.given("updates") && !options.given("epochs")) options.set("epochs", std::uint64_t{1});
}

void complete_training_options(Options& options, bool validates) {
  complete_optimizer(options);
  complete_schedule(options);
  if (validates) return;
  if (options.count("patience") > 0) options.fail("patience", "needs valid, data to judge by");
  if (options.text("schedule") == "plateau") {
    options.fail("schedule", "needs valid, data to judge by");
  }
}

TrainingOptions training_options(const Options& options, std::uint64_t updates_per_epoch) {
  const TrainingOptions training =
      complete({.optimizer = optimizer_options(options),
                .schedule = schedule_options(options, 0),
                .clip_norm = options.number("clip_norm"),
                .epochs = options.count("epochs"),
                .updates = options.knows("updates") ? options.count("updates") : 0,
                .patience = options.count("patience"),
                .checkpoint_every = options.count("checkpoint_every"),
                .threads = thread_team(options).size()},
               updates_per_epoch);
  check_schedule(options, training.schedule.total_updates);
  return training;
}

}  // namespace unroll::app
