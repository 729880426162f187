#include "runs/forecasts.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "errors.h"
#include "runs/predictions.h"
#include "unroll/core/error.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll::app {

std::string forecast_table(const ForecastScheme& scheme, const Series& series,
                           std::span<const std::size_t> origins,
                           std::span<const ForecastValue> forecasts, std::span<const double> levels,
                           TableFormat format) {
  const std::vector<std::size_t> inner = inner_quantiles(levels);
  const std::size_t columns = scheme.columns().size(), horizon = scheme.options().horizon;
  const bool intervals = !forecasts.empty() && !std::isnan(forecasts.front().low);
  std::vector<std::string> names = {"time", "horizon"};
  for (const std::string& name : scheme.columns()) {
    names.push_back(name);
    names.push_back(name + "_forecast");
    if (!intervals) continue;
    names.push_back(name + "_low");
    names.push_back(name + "_high");
    for (const std::size_t q : inner) names.push_back(quantile_name(name, levels[q]));
  }
  Table table(format, names);
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    for (std::size_t k = 0; k < horizon; ++k) {
      const std::size_t step = origins[i] + k;
      const bool known = step < series.steps();
      cells.clear();
      if (known && !series.dates.empty()) {
        cells.emplace_back(series.dates[step]);
      } else {
        cells.emplace_back(std::uint64_t{step + 1});
      }
      cells.emplace_back(std::uint64_t{k + 1});
      for (std::size_t c = 0; c < columns; ++c) {
        const ForecastValue& f = forecasts[(i * horizon + k) * columns + c];
        cells.emplace_back(known ? series.values[step * columns + c]
                                 : std::numeric_limits<double>::quiet_NaN());
        cells.emplace_back(f.value);
        if (!intervals) continue;
        cells.emplace_back(f.low);
        cells.emplace_back(f.high);
        for (const std::size_t q : inner) cells.emplace_back(f.quantiles.at(q));
      }
      table.add(cells);
    }
  }
  return std::move(table).text();
}

Series read_series_for(const SequenceModelDescription& description, const std::string& path,
                       const std::string& time_column) {
  SeriesReaderOptions reader = {.columns = description.forecast->columns()};
  if (!time_column.empty()) reader.time_column = time_column;
  return read_series(path, reader);
}

void require_series_options(const Options& options, const std::string& model) {
  std::vector<std::string> others = options.given_flags();
  for (const char* used : {"--time", "--initial-state", "--threads"}) std::erase(others, used);
  if (others.empty()) return;
  throw UsageError(fmt::format("{}: {} forecasts a series, whose file takes --time alone",
                               fmt::join(others, ", "), model));
}

template <class T>
Forecasts forecast(TrainedSequenceModel<T>& trained, const Series& series, ForecastSteps steps,
                   const ThreadTeam& team) {
  const SequenceModelDescription& d = trained.description;
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
  const std::vector<T> predictions = predict(trained.model, d.preprocessing.encode(windows), team);
  result.values = forecast_values<T>(d, series, result.origins, predictions);
  return result;
}

template Forecasts forecast(TrainedSequenceModel<float>&, const Series&, ForecastSteps,
                            const ThreadTeam&);
template Forecasts forecast(TrainedSequenceModel<double>&, const Series&, ForecastSteps,
                            const ThreadTeam&);

}  // namespace unroll::app
