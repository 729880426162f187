#pragma once

#include <optional>
#include <string>

#include "prediction_file.h"
#include "report_data.h"
#include "report_sample.h"

namespace unroll::app {

// One HTML page, which needs no other file. Whatever comes from outside appears as text: no label,
// name or path can become an element. Throws what draw() and confusion_table() throw.
std::string report_page(const RunRecord& run, const std::optional<PredictionFile>& predictions,
                        const std::optional<SampleText>& sample);

}  // namespace unroll::app
