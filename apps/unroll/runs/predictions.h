#pragma once

#include <span>
#include <string>
#include <vector>

#include "output/table.h"
#include "unroll/models/sequence_model_file.h"

namespace unroll::app {

// The places of the levels that NAME_low, NAME_high and the median leave over, and a column's name.
std::vector<std::size_t> inner_quantiles(std::span<const double> levels);
std::string quantile_name(const std::string& name, double level);

// A row a sequence, or a step, in the order of the sequences: its id (or its number from 1), the
// step from 1, what the file says where it says it, and what the model says.
//   labels   LABEL, predicted, probability; `probabilities`: p(LABEL) of every label too
//   numbers  NAME, NAME_predicted; of means and variances NAME_low and NAME_high, between which the
//            value is with a probability of 90 %; of quantiles the outer two of them, and
//            NAME_q0.25 of any others but the median
// `predictions` as predict() returns them, `head_values` those of the model.
template <class T>
std::string prediction_table(const SequenceModelDescription& description,
                             const Sequences& sequences, std::span<const T> predictions,
                             std::span<const T> head_values, bool probabilities,
                             TableFormat format);

}  // namespace unroll::app
