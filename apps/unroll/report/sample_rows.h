#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/prediction_file.h"

namespace unroll::app::report {

// Some rows of predictions, and what they are.
struct SampleRows {
  std::string caption = {};
  std::vector<std::size_t> rows = {};
};

// Of labels the wrong ones first, beginning with those the model was surest of; of numbers rows at
// equal distances; of forecasts the last ones.
SampleRows sample_rows(const PredictionFile& predictions);

// Row numbers at equal distances, `wanted` of them, or all of `rows`.
std::vector<std::size_t> evenly(std::size_t rows, std::size_t wanted);

}  // namespace unroll::app::report
