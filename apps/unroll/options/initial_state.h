#pragma once

#include "options/options.h"
#include "unroll/nn/sequence_model.h"

namespace unroll::app {

// --initial-state of a verb of training: zero, trainable, or a file.
OptionSpec trained_initial_state_option();
// That of eval and predict, in the place of the model's own: zero, or a file.
OptionSpec used_initial_state_option();

// What a model is made with; a file is read by set_initial_state().
InitialState initial_state(const Options& options);
// Gives the model the state of the file, or zero where it has another; before its optimizer is
// made. Throws UsageError where there is no such file, and as read_initial_state() does.
template <class T>
void set_initial_state(const Options& options, SequenceModel<T>& model);

}  // namespace unroll::app
