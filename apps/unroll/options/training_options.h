#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "options/options.h"
#include "unroll/train/training.h"

namespace unroll::app {

// The options of optimizer, clipping and schedule, and those of a run. `epochs` is the verb's own.
std::vector<OptionSpec> optimization_table(double learning_rate);
std::vector<OptionSpec> run_table();
OptionSpec shards_option(const char* group);
// Refuses more shards than a batch has rows.
void check_shards(const Options& options);

// The options epochs and updates, both lower bounds, so that small data are passed over more often.
// complete_budget() takes one that is given alone as it stands.
std::vector<OptionSpec> budget_table(const std::string& data, std::uint64_t epochs,
                                     std::uint64_t updates);
void complete_budget(Options& options);

// Fills in what follows from other options. `validates`: there are data to judge an epoch by.
// Throws UsageError for options that contradict each other.
void complete_training_options(Options& options, bool validates);

// Throws UsageError for a schedule that does not fit into `updates_per_epoch` · epochs updates.
TrainingOptions training_options(const Options& options, std::uint64_t updates_per_epoch);

}  // namespace unroll::app
