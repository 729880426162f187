#pragma once

#include <string>

#include "report/prediction_file.h"
#include "report/run_record.h"
#include "support/json.h"

// The tables of a report, as page.html wants them.
namespace unroll::app::report {

using PageData = Json;

// "test_" where the run had test data, else "valid_": the data that predictions.csv is of.
std::string judged_by(const PageData& result);

// The figures of train, validation and test data side by side, and the figures of none of them.
// Nothing of what speed_table() has.
PageData results_table(const RunRecord& run);
// Of a run without a result the sums of its log.
PageData speed_table(const RunRecord& run);
PageData configuration_table(const RunRecord& run);
// Null where the result has none. Throws FormatError.
PageData confusion_table(const RunRecord& run);
PageData sample_table(const PredictionFile& predictions);

}  // namespace unroll::app::report
