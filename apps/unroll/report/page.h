#pragma once

#include <optional>
#include <string>

#include "report/prediction_file.h"
#include "report/run_record.h"
#include "report/sample_text.h"

namespace unroll::app::report {

// One HTML page, which needs no other file. Whatever comes from outside appears as text: no label,
// name or path can become an element. Throws what draw() and confusion_table() throw.
std::string report_page(const RunRecord& run, const std::optional<PredictionFile>& predictions,
                        const std::optional<SampleText>& sample);

}  // namespace unroll::app::report
