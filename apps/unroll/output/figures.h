#pragma once

#include <string>
#include <vector>

#include "io/json.h"
#include "unroll/evaluation/sequence_evaluation.h"

namespace unroll::app {

// Adds the figures of an evaluation to a result, each with `prefix`: "test_" or "".
void add_evaluation(Json& result, const std::string& prefix, const SequenceEvaluation& evaluation,
                    const Preprocessing& preprocessing);

// The same for people: a table of the figures of each prefix, the confusion matrix of the last one,
// and a line where a model is no better than an answer without one.
std::string evaluation_text(const Json& result, const std::vector<std::string>& prefixes);

// One line for each figure under `prefix` in which the model is no better than an answer without
// one.
std::vector<std::string> lost_comparisons(const Json& result, const std::string& prefix);

}  // namespace unroll::app
