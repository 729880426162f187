#pragma once

#include "options/options.h"
#include "unroll/data/vocabulary.h"
#include "unroll/train/language_model_task.h"

namespace unroll::app {

// Every option of `train lm`: its flags, its TOML keys and what config.toml keeps.
std::vector<OptionSpec> train_lm_table();

// Fills in what follows from other options, so that toml() shows everything in force. Throws
// UsageError for options that contradict each other.
void complete_train_lm_options(Options& options);

VocabularyOptions vocabulary_options(const Options& options);
LanguageModelTaskOptions task_options(const Options& options);

}  // namespace unroll::app
