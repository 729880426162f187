#pragma once

#include <string>
#include <vector>

#include "support/json.h"
#include "unroll/evaluation/figures.h"

namespace unroll::app {

// An object with a member a figure; numbers that are not finite are null.
Json to_json(const Figures& figures);

// The numbers in such an object for people: a table with a column for each of the prefixes "valid_"
// and "test_" that it has, or of all where it has none, the confusion matrix of the last one, and a
// line where a model is no better than an answer without one.
std::string evaluation_text(const Json& result);

// One line for each figure under `prefix` in which the model is no better than an answer without
// one.
std::vector<std::string> lost_comparisons(const Json& result, const std::string& prefix);

}  // namespace unroll::app
