#pragma once

#include <string>

#include "unroll/train/gradient_check.h"

namespace unroll::app {

// Checks the gradients of the sequence model at `path`, in double, on the first sequences of a file
// that it could have been trained on. `options.step` 0: the one that suits the model.
GradientCheck check_sequence_model(const std::string& path, const std::string& file,
                                   GradientCheckOptions options);

}  // namespace unroll::app
