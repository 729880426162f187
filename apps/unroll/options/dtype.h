#pragma once

#include <string>

#include "options/options.h"
#include "unroll/kernels/precision.h"

namespace unroll::app {

// --dtype: f32, f64, or bf16, which is f32 with products of operands rounded to bf16.
OptionSpec dtype_option(const char* group);
bool is_f64(const Options& options);
Precision precision(const Options& options);

// A line for standard error where bf16 is not faster on this processor, else nothing.
std::string dtype_note(const Options& options);

}  // namespace unroll::app
