#pragma once

#include <optional>
#include <span>

#include "unroll/core/visibility.h"
#include "unroll/data/preprocessing.h"
#include "unroll/evaluation/metrics.h"
#include "unroll/models/sequence_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

// How good predictions are, beside what an answer without a model would reach on the same data.
//   labels         accuracy, macro_f1, log_loss, accuracy_majority (always the class that was most
//                  frequent in training), and span_f1 for BIO labels of steps
//   sets of labels subset_accuracy, micro_f1, macro_f1
//   numbers        rmse, mae, mase, rmse_mean (always the mean of the training data), in the file's
//                  units, over all columns; mase is the mean over the columns of the mean absolute
//                  error over the training data's mean absolute deviation from their mean, and not
//                  finite (null in JSON) where a column is constant in training; of quantiles
//                  coverage (the share of the targets within the outer two) and pinball (the mean
//                  of that loss)
struct SequenceEvaluation {
  Metrics metrics = {};
  std::optional<ConfusionCounts> confusion = {};  // of labels
};

// `predictions` as predict() returns them; the sequences have targets. `head_values` are those of
// the model's.
template <class T>
UNROLL_PUBLIC SequenceEvaluation evaluate(const SequenceModelDescription& description,
                                          const EncodedSequences& sequences,
                                          std::span<const T> predictions,
                                          std::span<const T> head_values = {});

}  // namespace unroll

#pragma GCC visibility pop
