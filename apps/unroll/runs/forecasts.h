#pragma once

#include <span>
#include <string>
#include <vector>

#include "options/options.h"
#include "output/table.h"
#include "unroll/evaluation/forecast_evaluation.h"

namespace unroll::app {

// A row a forecast: the date of the step that is forecast (or its number from 1; of steps beyond
// the end of the series the number alone), how many steps ahead, and of every column the true value
// where it is known, the forecast, and where there is one the interval of 90 %; of quantiles of
// these `levels` as prediction_table() does.
std::string forecast_table(const ForecastScheme& scheme, const Series& series,
                           std::span<const std::size_t> origins,
                           std::span<const ForecastValue> forecasts, std::span<const double> levels,
                           TableFormat format);

// A series for a model of forecasts: the columns that it was trained on.
Series read_series_for(const SequenceModelDescription& description, const std::string& path,
                       const std::string& time_column);

// Throws UsageError for options that say how files of sequences are read, all but --time.
void require_series_options(const Options& options, const std::string& model);

// The forecasts of every step of the series that has enough before it, or of the steps after its
// end alone, and where they begin.
struct Forecasts {
  std::vector<std::size_t> origins = {};
  std::vector<ForecastValue> values = {};
};
enum class ForecastSteps { kAll, kNext };
template <class T>
Forecasts forecast(TrainedSequenceModel<T>& trained, const Series& series, ForecastSteps steps,
                   const ThreadTeam& team);

}  // namespace unroll::app
