#pragma once

#include <string>

#include "unroll/core/visibility.h"
#include "unroll/nn/sequence_model.h"

#pragma GCC visibility push(default)

namespace unroll {

// An initial state for SequenceModel::set_initial_state(), from a safetensors file with a tensor a
// state, named as state_names() has them ("h", and "c" of an LSTM), each (L·D, H): row l·D + d is
// layer l, direction d (0 forward, 1 reverse). Throws FileError, and FormatError for a tensor that
// is missing, unknown or of another shape, or that holds a number that is not finite.
template <class T>
UNROLL_PUBLIC States<T> read_initial_state(const std::string& path, const SequenceModel<T>& model);

}  // namespace unroll

#pragma GCC visibility pop
