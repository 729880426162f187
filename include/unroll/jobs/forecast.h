#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/data/series.h"
#include "unroll/evaluation/forecast_evaluation.h"
#include "unroll/jobs/table.h"
#include "unroll/models/sequence_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

enum class ForecastSteps : std::uint8_t {
  kAll,   // every step of the series that has enough before it
  kNext,  // those after its end alone
};

struct Forecasts {
  std::vector<std::size_t> origins = {};   // the steps at which forecasts begin
  std::vector<ForecastValue> values = {};  // (origins, K, C)
};

// How files for a model of forecasts are read: as the one that it was trained on, with its columns.
SeriesReaderOptions reader_for(const SequenceModelDescription& description);

// A series for a model of forecasts. Throws as read_series() does.
Series read_series_for(const SequenceModelDescription& description, const std::string& path);

// What a model of forecasts says of a series, which has the columns that it was trained on. Throws
// FormatError for a series that is too short.
template <class T>
UNROLL_PUBLIC Forecasts forecast(const TrainedSequenceModel<T>& model, const Series& series,
                                 ForecastSteps steps, const ThreadTeam& team);

// A row a forecast: time (the date of the step that is forecast, beyond the end of the series as
// time_after() says, or else its number from 1), horizon (how many steps ahead), and of every
// column NAME, the true value where it is known, NAME_forecast, and where there is one the interval
// of 90 %, NAME_low and NAME_high; of quantiles as predict() has them.
Table forecast_table(const SequenceModelDescription& description, const Series& series,
                     const Forecasts& forecasts);

}  // namespace unroll

#pragma GCC visibility pop
