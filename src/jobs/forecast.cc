#include "unroll/jobs/forecast.h"

#include <cmath>
#include <limits>
#include <string>

#include "jobs/table_builder.h"
#include "unroll/core/error.h"
#include "unroll/jobs/predict.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {

SeriesReaderOptions reader_for(const SequenceModelDescription& description) {
  SeriesReaderOptions reader = description.forecast->reader;
  reader.columns = description.forecast->columns();
  reader.are_remembered = true;
  // Older files have it in another place, where empty means that it is found.
  if (!reader.time_column && !description.reader.time_column.empty()) {
    reader.time_column = description.reader.time_column;
  }
  return reader;
}

Series read_series_for(const SequenceModelDescription& description, const std::string& path) {
  return read_series(path, reader_for(description));
}

template <class T>
Forecasts forecast(const TrainedSequenceModel<T>& model, const Series& series, ForecastSteps steps,
                   const ThreadTeam& team) {
  const SequenceModelDescription& d = model.description;
  const std::size_t first = d.forecast->first_origin(), end = series.steps();
  if (end < first) {
    throw FormatError(series.source + ": has " + std::to_string(end) +
                      " steps; a forecast is made from " + std::to_string(first));
  }
  const bool next = steps == ForecastSteps::kNext;
  Forecasts result;
  const Sequences windows =
      d.forecast->windows(series, next ? end : first, next ? end + 1 : end, !next, result.origins);
  if (result.origins.empty()) {
    throw FormatError(series.source + ": no step has " + std::to_string(first) +
                      " steps before it and the values that are forecast after it");
  }
  const std::vector<T> predictions = predict(model.model, d.preprocessing.encode(windows), team);
  result.values = forecast_values<T>(d, series, result.origins, predictions);
  return result;
}

Table forecast_table(const SequenceModelDescription& description, const Series& series,
                     const Forecasts& forecasts) {
  const ForecastScheme& scheme = *description.forecast;
  const std::vector<double>& levels = description.options.head.quantiles;
  const std::size_t columns = scheme.columns().size(), horizon = scheme.options().horizon;
  const std::size_t rows = forecasts.origins.size() * horizon;
  const auto step = [&](std::size_t row) {
    return forecasts.origins[row / horizon] + row % horizon;
  };
  const auto known = [&](std::size_t row) { return step(row) < series.steps(); };
  Table table;
  const bool dated =
      !series.dates.empty() && (rows == 0 || known(rows - 1) || !time_after(series, 1).empty());
  if (!dated) {
    add_column(table, "time", rows, [&](std::size_t row) { return std::uint64_t{step(row) + 1}; });
  } else {
    add_column(table, "time", rows, [&](std::size_t row) {
      return known(row) ? series.dates[step(row)]
                        : time_after(series, step(row) - series.steps() + 1);
    });
  }
  add_column(table, "horizon", rows,
             [&](std::size_t row) { return std::uint64_t{row % horizon + 1}; });
  const bool intervals = !forecasts.values.empty() && !std::isnan(forecasts.values.front().low);
  for (std::size_t c = 0; c < columns; ++c) {
    const std::string& name = scheme.columns()[c];
    const auto at = [&](std::size_t row) -> const ForecastValue& {
      return forecasts.values[row * columns + c];
    };
    add_column(table, name, rows, [&](std::size_t row) {
      return known(row) ? series.values[step(row) * columns + c]
                        : std::numeric_limits<double>::quiet_NaN();
    });
    add_column(table, name + "_forecast", rows, [&](std::size_t row) { return at(row).value; });
    if (!intervals) continue;
    add_column(table, name + "_low", rows, [&](std::size_t row) { return at(row).low; });
    add_column(table, name + "_high", rows, [&](std::size_t row) { return at(row).high; });
    for (const std::size_t q : inner_quantiles(levels)) {
      add_column(table, quantile_name(name, levels[q]), rows,
                 [&](std::size_t row) { return at(row).quantiles.at(q); });
    }
  }
  return table;
}

template Forecasts forecast(const TrainedSequenceModel<float>&, const Series&, ForecastSteps,
                            const ThreadTeam&);
template Forecasts forecast(const TrainedSequenceModel<double>&, const Series&, ForecastSteps,
                            const ThreadTeam&);

}  // namespace unroll
