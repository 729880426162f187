#pragma once

#include <string>
#include <vector>

#include "options/options.h"
#include "options/reader_options.h"
#include "unroll/data/preprocessing.h"
#include "unroll/jobs/fit_sequences.h"

namespace unroll::app {

// What a verb predicts of a sequence.
enum class SequenceVerb { kClassify, kTag, kRegress };

// Every option of a verb of training on sequences.
std::vector<OptionSpec> train_sequences_table(SequenceVerb verb);

// Fills in what follows from other options. Throws UsageError for options that contradict each
// other.
void complete_train_sequences_options(Options& options);

TargetKind target_kind(const Options& options, SequenceVerb verb);
PreprocessingOptions preprocessing_options(const Options& options, SequenceVerb verb);
// Without what depends on the data: sizes of input and output.
SequenceModelOptions sequence_model_options(const Options& options, SequenceVerb verb);
HeadOptions sequence_head(const Options& options, SequenceVerb verb);
ClassWeights class_weights(const Options& options);

// Throws UsageError for options that say how files of sequences are read, all but --time.
void require_series_options(const Options& options, const std::string& model);
// The same for those of series alone.
void require_sequence_options(const Options& options, const std::string& model);

}  // namespace unroll::app
