// Sunspots, one year ahead, from the 24 years before: a GRU predicts by how much the square root of
// the number changes, and says in which interval nine of ten values will lie.
// Usage: sunspots [FILE [SEED [FOLDER]]]. With the yearly sunspot numbers as FILE (a CSV of years
// and numbers) the example fails unless its error on the last fifth is at most 18.5, and below that
// of the last value and of an autoregression. Without one, or with -, it takes a series with a
// cycle that it makes itself. Writes the forecasts into FOLDER.

#include <stdlib.h>
#include <unroll/unroll.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
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

struct Part {
  std::vector<std::size_t> origins = {};
  unroll::Sequences windows = {};
};

// The years first … last-1 as targets, and the 24 years before each as the window.
Part part_of(const unroll::ForecastScheme& scheme, const Series& series, std::size_t first,
             std::size_t last) {
  Part part;
  part.windows = scheme.windows(series, first, last, true, part.origins);
  return part;
}

// A folder for the checkpoints, gone at the end.
struct Scratch {
  std::string path = (std::filesystem::temp_directory_path() / "sunspots-XXXXXX").string();
  Scratch() {
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

int main(int argc, char** argv) try {
  // 1. The series, and its parts in time order: training, validation, test.
  const bool real = argc > 1 && std::string(argv[1]) != "-";
  if (!real) std::puts("no file given: a series with a cycle in the place of the sunspots");
  const Series series = real ? unroll::read_series(argv[1]) : made_up_series();
  const std::size_t test_begin = series.steps() * 80 / 100, valid_begin = test_begin * 85 / 100;

  // 2. What is learnt from the training part alone: the scale, what the model sees, the
  // comparisons.
  unroll::SequenceModelDescription description;
  description.forecast = unroll::ForecastScheme::learn(series, valid_begin, {.lags = 24});
  unroll::ForecastScheme& scheme = *description.forecast;
  learn_comparisons(scheme, series, valid_begin);
  std::printf("scale %s, the model sees the %s\n",
              transform_name(*scheme.options().transform).c_str(),
              forecast_input_name(*scheme.options().input).c_str());
  const Part train = part_of(scheme, series, 0, valid_begin);
  const Part valid = part_of(scheme, series, valid_begin, test_begin);
  const Part test = part_of(scheme, series, test_begin, series.steps());

  // 3. The model: a GRU of 32 over the window, and a line from its last state to the change.
  description.preprocessing = unroll::Preprocessing::learn(train.windows, {});
  description.options = {.input_size = description.preprocessing.input_size(),
                         .hidden_size = 32,
                         .cell = {.name = "gru"},
                         .pooling = unroll::parse_pooling("last"),
                         .head = {.name = "squared_error"},
                         .output_size = 1};
  const auto encode = [&](const Part& part) {
    return description.preprocessing.encode(part.windows);
  };
  const auto encoded_train = encode(train), encoded_valid = encode(valid),
             encoded_test = encode(test);
  unroll::SequenceTask<float> task(
      {.description = description, .batch = 16, .seed = argc > 2 ? std::stoull(argv[2]) : 1},
      encoded_train, encoded_valid);

  // 4. At least 1,000 updates, with a rate that falls by half a cosine. The loop keeps the model of
  // the best epoch on the validation part.
  const Scratch scratch;
  const std::uint64_t epochs = std::max<std::uint64_t>(40, 999 / task.updates_per_epoch() + 1);
  unroll::TrainingLoop<float> loop(task,
                                   {.optimizer = {.name = "adamw", .weight_decay = 0.01},
                                    .schedule = {.name = "cosine", .learning_rate = 5e-3},
                                    .clip_norm = 1,
                                    .epochs = epochs},
                                   scratch.path);
  loop.run({});

  // 5. The forecasts of the test part, in the series' units, beside answers without a model.
  auto best = unroll::load_sequence_model<float>(loop.model_path(scratch.path));
  const auto predictions = predict(best.model, encoded_test, unroll::ThreadTeam(1));
  const auto forecasts =
      unroll::forecast_values<float>(best.description, series, test.origins, predictions);
  const unroll::Metrics metrics =
      evaluate_forecasts(*best.description.forecast, series, test.origins, forecasts);
  std::map<std::string, double> figure(metrics.begin(), metrics.end());
  std::printf("one step ahead, the last %zu of %zu steps:\n", test.origins.size(), series.steps());
  for (const auto& [name, value] : metrics) std::printf("  %-18s %8.3f\n", name.c_str(), value);
  std::printf("  the autoregression has %zu lags\n", scheme.autoregressions[0].size() - 1);

  if (argc > 3) {
    TableFile table(argv[3], "sunspots", "date,truth,forecast,low,high");
    for (std::size_t i = 0; i < test.origins.size(); ++i) {
      const std::size_t step = test.origins[i];
      table.row({series.dates.empty() ? static_cast<double>(step) : std::stod(series.dates[step]),
                 series.values[step], forecasts[i].value, forecasts[i].low, forecasts[i].high});
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
