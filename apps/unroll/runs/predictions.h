#pragma once

#include <span>
#include <string>
#include <vector>

#include "output/table.h"
#include "unroll/models/sequence_model_file.h"

namespace unroll::app {

// A row a sequence, or a step, in the order of the sequences: its id (or its number from 1), the
// step from 1, what the file says where it says it, and what the model says.
//   labels   LABEL, predicted, probability; `probabilities`: p(LABEL) of every label too
//   numbers  NAME, NAME_predicted; of means and variances NAME_low and NAME_high, between which the
//            value is with a probability of 90 %
// `predictions` as predict() returns them, `head_values` those of the model.
template <class T>
std::string prediction_table(const SequenceModelDescription& description,
                             const Sequences& sequences, std::span<const T> predictions,
                             std::span<const T> head_values, bool probabilities,
                             TableFormat format);

}  // namespace unroll::app
