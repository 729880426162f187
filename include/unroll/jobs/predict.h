#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/data/sequences.h"
#include "unroll/jobs/table.h"
#include "unroll/models/sequence_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

// A row a sequence, or a step, in the order of the sequences: id (or its number from 1), step from
// 1, what the sequences say where they have targets, and what the model says.
//   labels   label, predicted, probability; `probabilities`: p(LABEL) of every label too
//   numbers  NAME, NAME_predicted; of means and variances NAME_low and NAME_high, between which the
//            value is with a probability of 90 %; of quantiles the outer two of them, and
//            NAME_q0.25 of any others but the median
template <class T>
UNROLL_PUBLIC Table predict(const TrainedSequenceModel<T>& model, const Sequences& sequences,
                            const ThreadTeam& team, bool probabilities = false);

// The same of predictions that are there: as predict() of a SequenceModel returns them, with the
// model's `head_values`.
template <class T>
UNROLL_PUBLIC Table prediction_table(const SequenceModelDescription& description,
                                     const Sequences& sequences, std::span<const T> predictions,
                                     std::span<const T> head_values, bool probabilities);

// The places of the levels that NAME_low, NAME_high and the median leave over, and a column's name.
std::vector<std::size_t> inner_quantiles(std::span<const double> levels);
std::string quantile_name(const std::string& name, double level);

}  // namespace unroll

#pragma GCC visibility pop
