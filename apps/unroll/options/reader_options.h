#pragma once

#include <vector>

#include "options/options.h"
#include "unroll/data/read_sequences.h"

namespace unroll::app {

// The options that say how a file is read, and those of eval and predict: the same, and --threads.
std::vector<OptionSpec> reader_table();
std::vector<OptionSpec> eval_table();
// `standard` holds where an option is not given.
SequenceReaderOptions reader_options(const Options& options, SequenceReaderOptions standard = {});

}  // namespace unroll::app
