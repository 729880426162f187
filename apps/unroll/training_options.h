#pragma once

#include <cstdint>
#include <vector>

#include "options.h"
#include "unroll/train/training.h"

namespace unroll::app {

// The options of optimizer, clipping and schedule, and those of a run. `epochs` is the verb's own.
std::vector<OptionSpec> optimization_table(double learning_rate);
std::vector<OptionSpec> run_table();

// Fills in what follows from other options. `validates`: there are data to judge an epoch by.
// Throws UsageError for options that contradict each other.
void complete_training_options(Options& options, bool validates);

// Throws UsageError for a schedule that does not fit into `updates_per_epoch` · epochs updates.
TrainingOptions training_options(const Options& options, std::uint64_t updates_per_epoch);

}  // namespace unroll::app
