#pragma once

#include <string>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/data/series.h"
#include "unroll/data/vocabulary.h"
#include "unroll/evaluation/figures.h"
#include "unroll/evaluation/sequence_evaluation.h"
#include "unroll/models/language_model_file.h"
#include "unroll/models/sequence_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

// perplexity, bits_per_token, tokens, unknown_tokens: of a text read as one sequence. Throws
// FormatError, beginning with `source`, where it has no token that could be predicted.
template <class T>
UNROLL_PUBLIC Figures evaluate(const TextModel<T>& model, const EncodedText& text,
                               const std::string& source, const ThreadTeam& team);

// The figures of SequenceEvaluation, for labels the confusion, then sequences, steps and, for
// labels, unknown_labels (targets whose label the training data lack) and unknown_label_names, for
// texts unknown_tokens. The sequences have targets.
template <class T>
UNROLL_PUBLIC Figures evaluate(const TrainedSequenceModel<T>& model, const Sequences& sequences,
                               const ThreadTeam& team);

// The figures of evaluate_forecasts() over every step that has enough before it, and forecasts,
// their number. Throws FormatError for a series that is too short.
template <class T>
UNROLL_PUBLIC Figures evaluate(const TrainedSequenceModel<T>& model, const Series& series,
                               const ThreadTeam& team);

// Adds the figures of an evaluation, each name after `prefix`.
void add_figures(Figures& figures, const std::string& prefix, const SequenceEvaluation& evaluation,
                 const Preprocessing& preprocessing);

}  // namespace unroll

#pragma GCC visibility pop
