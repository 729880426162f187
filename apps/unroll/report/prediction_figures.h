#pragma once

#include <vector>

#include "report/figure.h"
#include "report/prediction_file.h"

namespace unroll::app::report {

// Predicted against true numbers: of forecasts along the time, with their intervals, those of the
// shortest and of the longest horizon. None of labels.
std::vector<Figure> prediction_figures(const PredictionFile& predictions);

}  // namespace unroll::app::report
