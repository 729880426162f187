#include "options/forecast_options.h"

#include "options/dtype.h"
#include "options/head_options.h"
#include "options/initial_state.h"
#include "options/lists.h"
#include "options/model_options.h"
#include "options/option_specs.h"
#include "options/sequence_options.h"
#include "options/training_options.h"

namespace unroll::app {
namespace {

ForecastOptions forecast_options(const Options& options) {
  ForecastOptions forecast = {.lags = options.size("lags"), .horizon = options.size("horizon")};
  if (options.has("transform")) forecast.transform = parse_transform(options.text("transform"));
  if (options.has("input")) forecast.input = parse_forecast_input(options.text("input"));
  forecast.calendar = options.is_on("calendar");
  forecast.stateful = options.is_on("stateful");
  forecast.missing = parse_missing(options.text("missing"));
  return forecast;
}

}  // namespace

std::vector<OptionSpec> train_forecast_table() {
  const char* group = "Data";
  std::vector<OptionSpec> table = {
      path_option("series", group, "CSV file, a row a time step, in the order of time"),
      text_option("column", group,
                  "what is forecast: names with commas between; when not given all but "
                  "texts, ids and an index",
                  "COLUMNS"),
      text_option("ignore", group, "columns that are not looked at", "COLUMNS"),
      text_option("time", group,
                  "column of the dates, or several with commas between, \"\" for none; "
                  "detected when not given",
                  "COLUMN"),
      time_format_option(group),
      choice_option("header", group, "whether the first row has names; detected when not given", {},
                    {"yes", "no", "detect"}),
      switch_option("insert_missing", group,
                    "give steps that are absent between the dates rows with missing values", false),
      number_option("test_fraction", group, "share at the end of the series to measure on", 0.2, 0,
                    1, false, true),
      number_option("valid_fraction", group,
                    "share at the end of what is before the test data, to choose the best epoch by",
                    0.15, 0, 1, false, true)};
  group = "Forecast";
  append(table,
         {count_option("horizon", group, "steps that are forecast", 1, 1, 1 << 16),
          count_option("lags", group, "steps that a forecast is made from", 24, 1, 1 << 20),
          switch_option("stateful", group,
                        "read the whole series, so that a forecast is made from all steps before "
                        "it; lags is then the length of a window in training, from which the state "
                        "is carried on to the next",
                        false),
          choice_option("transform", group,
                        "scale on which changes are predicted: none, log, sqrt; when not given the "
                        "one on which the changes of the training data are most normal",
                        {}, {"none", "log", "sqrt"}),
          choice_option("input", group,
                        "what the model sees: level or change; when not given the change where the "
                        "training data have a trend, else the level",
                        {}, {"level", "change"}),
          switch_option("calendar", group,
                        "show the time of year, week and day, where there are dates", true),
          choice_option("missing", group,
                        "what becomes of a missing value: refuse, zero, mean, previous", "refuse",
                        {"refuse", "zero", "mean", "previous"})});
  append(table, recurrence_option_table("gru", 32, 1, 0));
  append(table, {trained_initial_state_option()});
  append(
      table,
      {choice_option("pooling", "Model",
                     "what the output layer reads: the last state, the mean and the "
                     "maximum over the lags, joined by +",
                     "last",
                     {"last", "mean", "max", "last+mean", "last+max", "mean+max", "last+mean+max"}),
       choice_option("loss", "Loss",
                     "squared_error, absolute, huber, gaussian: a mean and a variance, whose "
                     "intervals follow the predicted variance, or quantiles: the median and an "
                     "interval",
                     "squared_error", head_names(HeadTargets::kNumbers)),
       quantiles_option()});
  std::vector<OptionSpec> optimization = optimization_table(5e-3);
  for (OptionSpec& spec : optimization) {
    if (spec.name == "optimizer") spec.standard = std::string("adamw");
  }
  append(table, std::move(optimization));
  append(table, {count_option("batch", "Run", "forecasts of a batch", 16, 1, 1 << 20),
                 shards_option("Run")});
  append(table, budget_table("training data", 40, 1000));
  append(table, run_table());
  return table;
}

void complete_train_forecast_options(Options& options) {
  static_cast<void>(number_head(options));
  complete_recurrence_options(options);
  complete_training_options(options, options.number("valid_fraction") > 0);
  complete_budget(options);
  check_shards(options);
  if (!options.is_on("stateful")) return;
  const auto leave_out = [&](const char* name, const char* why) {
    if (options.given(name)) {
      options.fail(name,
                   std::string("stateful is given too, and ") + why + "; leave one of them out");
    }
    options.clear(name);
  };
  leave_out("pooling", "reads the output of every step");
  leave_out("batch", "takes one window of the series after the other");
  if (options.size("shards") > 1) leave_out("shards", "has one series");
}

void set_times(const Options& options, SeriesReaderOptions& reader) {
  if (options.has("time")) reader.time_column = options.text("time");
  if (options.has("time_format")) reader.time_format = options.text("time_format");
}

SeriesReaderOptions series_options(const Options& options) {
  SeriesReaderOptions reader;
  if (options.has("column")) reader.columns = list_of(options.text("column"));
  if (options.has("ignore")) reader.ignored_columns = list_of(options.text("ignore"));
  set_times(options, reader);
  if (options.has("header") && options.text("header") != "detect") {
    reader.header = options.text("header") == "yes";
  }
  reader.insert_missing = options.is_on("insert_missing");
  return reader;
}

FitSeriesOptions fit_series_options(const Options& options) {
  FitSeriesOptions fit = {.test_fraction = options.number("test_fraction"),
                          .valid_fraction = options.number("valid_fraction"),
                          .forecast = forecast_options(options),
                          .reader = series_options(options),
                          .model = {.hidden_size = options.size("hidden"),
                                    .layers = options.size("layers"),
                                    .cell = cell_options(options),
                                    .head = number_head(options),
                                    .dropout = options.number("dropout"),
                                    .initial_state = initial_state(options),
                                    .bias = parse_bias(options.text("bias")),
                                    .precision = precision(options)},
                          .initialization = initialization_options(options),
                          .seed = options.count("seed")};
  if (fit.forecast.stateful) return fit;
  fit.model.pooling = parse_pooling(options.text("pooling"));
  fit.batch = options.size("batch");
  fit.shards = options.size("shards");
  return fit;
}

}  // namespace unroll::app
