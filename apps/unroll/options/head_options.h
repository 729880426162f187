#pragma once

#include "options/options.h"
#include "unroll/nn/head.h"

namespace unroll::app {

// The levels of `--loss quantiles`.
OptionSpec quantiles_option();
// What `loss` and `quantiles` say. Throws UsageError.
HeadOptions number_head(const Options& options);

}  // namespace unroll::app
