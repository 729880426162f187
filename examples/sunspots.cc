// Sunspots, one year ahead, from the 24 years before: a GRU predicts by how much the square root of
// the number changes, and says in which interval nine of ten values will lie.
// Usage: sunspots [FILE [SEED [FOLDER]]]. With the yearly sunspot numbers as FILE (a CSV of years
// and numbers) the example fails unless its error on the last fifth is at most 18.5, and below that
// of the last value and of an autoregression. Without one, or with -, it takes a series with a
// cycle that it makes itself. Writes the forecasts into FOLDER.

#include <unroll/unroll.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "table_file.h"

using unroll::Series;

// The square of a cycle of about 11 years whose height changes, for want of the real one.
Series made_up_series() {
  Series series = {.source = "a series with a cycle", .column_names = {"activity"}};
  const unroll::Random random(1, unroll::RandomUse::kCheck);
  double now = 2, before = 0;
  for (std::size_t t = 0; t < 309; ++t) {
    const double next = 1.64 * now - 0.95 * before + 0.5 * random.normal(t);
    before = now, now = next;
    series.values.push_back(std::pow(std::fmax(7 + now, 0), 2));
  }
  return series;
}

int main(int argc, char** argv) try {
  const bool real = argc > 1 && std::string(argv[1]) != "-";
  if (!real) std::puts("no file given: a series with a cycle in the place of the sunspots");
  const Series series = real ? unroll::read_series(argv[1]) : made_up_series();

  // 1. A GRU of 32 over windows of 24 years, and a line from its last state to the change. The
  // scale and what the model sees are learnt from the training part, which ends where the
  // validation part begins; the last fifth is the test part.
  unroll::FitSeriesOptions options;
  options.forecast.lags = 24;
  options.model.hidden_size = 32;
  options.model.cell.name = "gru";
  options.model.pooling = unroll::parse_pooling("last");
  options.model.head.name = "squared_error";
  if (argc > 2) options.seed = std::stoull(argv[2]);
  unroll::FitSeries<float> job(series, options);

  // 2. At least 1,000 updates, with a rate that falls by half a cosine. The model of the best epoch
  // on the validation part is kept.
  const auto fitted = unroll::fit(job, {.optimizer = {.name = "adamw", .weight_decay = 0.01},
                                        .schedule = {.name = "cosine", .learning_rate = 5e-3},
                                        .clip_norm = 1,
                                        .epochs = 40,
                                        .updates = 1000});

  // 3. Its figures on the test part, beside answers without a model.
  const unroll::ForecastScheme& scheme = *fitted.model.description.forecast;
  std::printf("scale %s, the model sees the %s\n",
              transform_name(*scheme.options().transform).c_str(),
              forecast_input_name(*scheme.options().input).c_str());
  std::map<std::string, double> figure;
  for (const auto& [name, value] : fitted.report.figures) {
    if (!name.starts_with("test_")) continue;
    const std::string what = name.substr(5);
    figure[what] = std::get<double>(value);
    std::printf("  %-18s %8.3f\n", what.c_str(), figure[what]);
  }
  std::printf("  the autoregression has %zu lags\n", scheme.autoregressions[0].size() - 1);

  if (argc > 3) {
    // Columns: time, horizon, the true value, the forecast and its interval.
    const unroll::Table& forecasts = *fitted.report.predictions;
    const auto column = [&](std::size_t c) {
      return std::get<std::vector<double>>(forecasts[c].values);
    };
    TableFile table(argv[3], "sunspots", "date,truth,forecast,low,high");
    for (std::size_t row = 0; row < forecasts[0].rows(); ++row) {
      const auto* dates = std::get_if<std::vector<std::string>>(&forecasts[0].values);
      table.row({dates != nullptr ? std::stod((*dates)[row]) : static_cast<double>(row),
                 column(2)[row], column(3)[row], column(4)[row], column(5)[row]});
    }
    table.close();
  }
  if (!real) return figure["rmse"] < figure["rmse_persistence"] ? 0 : 1;
  return figure["rmse"] <= 18.5 && figure["rmse"] < figure["rmse_persistence"] &&
                 figure["rmse"] < figure["rmse_ar"]
             ? 0
             : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "sunspots: %s\n", error.what());
  return 1;
}
