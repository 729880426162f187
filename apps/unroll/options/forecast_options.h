#pragma once

#include <vector>

#include "options/options.h"
#include "unroll/data/series.h"
#include "unroll/jobs/fit_series.h"

namespace unroll::app {

// Every option of `train forecast`.
std::vector<OptionSpec> train_forecast_table();
void complete_train_forecast_options(Options& options);

// What --time and --time-format say, where they are given.
void set_times(const Options& options, SeriesReaderOptions& reader);
SeriesReaderOptions series_options(const Options& options);
FitSeriesOptions fit_series_options(const Options& options);

}  // namespace unroll::app
