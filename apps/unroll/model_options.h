#pragma once

#include <cstddef>
#include <vector>

#include "options.h"
#include "unroll/nn/initialization.h"
#include "unroll/nn/language_model.h"

namespace unroll::app {

// The options that say what a model is and how it starts. The sizes are the standard values.
std::vector<OptionSpec> model_option_table(std::size_t embedding, std::size_t hidden,
                                           std::size_t layers);

// Fills in the variant of the cell and the scheme of initialization. Throws UsageError for options
// that contradict each other.
void complete_model_options(Options& options);

LanguageModelOptions model_options(const Options& options, std::size_t vocabulary_size);
InitializationOptions initialization_options(const Options& options);

}  // namespace unroll::app
