#pragma once

#include <string>
#include <vector>

#include "report/figure.h"
#include "report/run_record.h"

namespace unroll::app::report {

// What log.jsonl tells, epoch by epoch: the loss, every figure of the validation data, the learning
// rate and the norm of the gradient. Figures without a number are left out.
std::vector<Figure> training_curves(const RunRecord& run);

// "valid_macro_f1" without its prefix, for people: "Macro F1".
std::string figure_name(const std::string& key);

}  // namespace unroll::app::report
