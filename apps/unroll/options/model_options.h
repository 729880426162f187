#pragma once

#include <cstddef>
#include <vector>

#include "options/options.h"
#include "unroll/nn/initialization.h"
#include "unroll/nn/language_model.h"
#include "unroll/nn/recurrence.h"

namespace unroll::app {

// The options of what all models have, a recurrence, and how it starts. The sizes are the standard
// values.
std::vector<OptionSpec> recurrence_option_table(const char* cell, std::size_t hidden,
                                                std::size_t layers, double dropout);
OptionSpec embedding_option(std::size_t standard);
// Fills in the variant of the cell and the scheme of initialization. Throws UsageError for options
// that contradict each other.
void complete_recurrence_options(Options& options);
// Fills in the variant of the cell alone; refuses one that it does not have, and heads.
void complete_cell_options(Options& options);
CellOptions cell_options(const Options& options);
InitializationOptions initialization_options(const Options& options);

// The same of a language model.
std::vector<OptionSpec> language_model_option_table(std::size_t embedding, std::size_t hidden,
                                                    std::size_t layers);
void complete_language_model_options(Options& options);
LanguageModelOptions language_model_options(const Options& options, std::size_t vocabulary_size);

}  // namespace unroll::app
