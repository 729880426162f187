#pragma once

#include <string>

#include "output/data_report.h"
#include "unroll/models/sequence_model_file.h"
#include "unroll/train/gradient_check.h"

namespace unroll::app {

// Checks the gradients of a sequence model on the first sequences of a file that it could have been
// trained on, and says in `data` what was read. `options.step` 0: the one that suits the model.
GradientCheck check_sequence_model(TrainedSequenceModel<double>& trained, const std::string& file,
                                   GradientCheckOptions options, DataReport& data);

}  // namespace unroll::app
