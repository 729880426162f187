#pragma once

#include "optim/rule.h"
#include "unroll/optim/optimizer.h"

namespace unroll::optim {

// The rule that `options` name. Throws ValueError when there is none.
const Rule& find_rule(const OptimizerOptions& options);

// The constants of an optimizer. `complete` has every option that the rule has.
Hyper hyper_of(const OptimizerOptions& complete);

}  // namespace unroll::optim
