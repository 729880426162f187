#include "unroll/jobs/fit_series.h"

#include <utility>

#include "unroll/core/error.h"
#include "unroll/evaluation/forecast_evaluation.h"
#include "unroll/jobs/forecast.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {
namespace {

// The first of `steps` steps that belongs to the share at the end.
std::size_t begin_of_share(double share, std::size_t steps) {
  const double kept = (1 - share) * static_cast<double>(steps);
  return static_cast<std::size_t>(kept + 1e-9);  // 0.9 · 10 is 9
}

}  // namespace

template <class T>
FitSeries<T>::FitSeries(Series series, const FitSeriesOptions& options)
    : series_(std::move(series)) {
  // 1. The parts.
  const std::size_t test = begin_of_share(options.test_fraction, series_.steps());
  const std::size_t valid = begin_of_share(options.valid_fraction, test);
  SequenceModelDescription description;
  description.reader.time_column = options.reader.time_column.value_or("");
  description.forecast = ForecastScheme::learn(series_, valid, options.forecast);
  ForecastScheme& scheme = *description.forecast;
  scheme.reader = options.reader;
  scheme.reader.columns.clear();
  scheme.reader.usual_time_format = series_.time_format;
  scheme.reader.usual_step = series_.step;
  learn_comparisons(scheme, series_, valid);
  const std::size_t horizon = scheme.options().horizon;
  const auto part = [&](std::size_t begin, std::size_t end) {
    SeriesPart made;
    made.windows =
        scheme.windows(series_, begin, end < horizon ? 0 : end - horizon + 1, true, made.origins);
    return made;
  };
  const SeriesPart train = part(0, valid);
  valid_ = part(valid, test), test_ = part(test, series_.steps());
  require("valid_fraction", valid < test, valid_, horizon);
  require("test_fraction", test < series_.steps(), test_, horizon);
  if (train.origins.empty()) {
    throw ValueError(series_.source + ": no window of the training part is without a missing " +
                     "target; fill the series, or lower lags or horizon");
  }
  // 2. The model.
  description.preprocessing = Preprocessing::learn(train.windows, {});
  const Preprocessing& p = description.preprocessing;
  const bool stateful = options.forecast.stateful;
  description.options = options.model;
  description.options.input_size = p.input_size();
  if (stateful) description.options.pooling = parse_pooling("steps");
  description.options.output_size = output_size(*make_head(options.model.head), p);
  SequenceTaskOptions task;
  task.initialization = options.initialization;
  task.seed = options.seed;
  if (stateful) {
    task.bptt = options.forecast.lags;
  } else {
    task.batch = options.batch;
    task.shards = options.shards;
  }
  EncodedSequences encoded = p.encode(train.windows), held_out;
  if (!valid_.origins.empty()) held_out = p.encode(valid_.windows);
  task.description = std::move(description);
  task_ =
      std::make_unique<SequenceTask<T>>(std::move(task), std::move(encoded), std::move(held_out));
}

template <class T>
void FitSeries<T>::require(const char* option, bool wanted, const SeriesPart& part,
                           std::size_t horizon) const {
  if (!wanted || !part.origins.empty()) return;
  throw OptionError(option, "leaves no forecast of " + std::to_string(horizon) +
                                " steps without a missing value in " +
                                std::to_string(series_.steps()) +
                                " steps; raise it, or set it to 0");
}

template <class T>
const ForecastScheme& FitSeries<T>::scheme() const {
  return *task_->options().description.forecast;
}

template <class T>
TrainedSequenceModel<T> FitSeries<T>::model(const RunStore& kept) const {
  return load_sequence_model<T>(read_model(kept));
}

template <class T>
FitReport FitSeries<T>::report(const std::vector<EpochRecord>& history, const RunStore& kept,
                               const ThreadTeam& team) const {
  const TrainedSequenceModel<T> best = model(kept);
  const ForecastScheme& scheme = *best.description.forecast;
  const ForecastOptions& options = scheme.options();
  FitReport report = {.figures = {{"train_loss", history.back().train_loss},
                                  {"columns", scheme.columns()},
                                  {"transform", transform_name(*options.transform)},
                                  {"input", forecast_input_name(*options.input)},
                                  {"lags", std::uint64_t{options.lags}},
                                  {"horizon", std::uint64_t{options.horizon}}}};
  if (scheme.season() > 0) report.figures.emplace_back("season", std::uint64_t{scheme.season()});
  add(report, "valid_", best, valid_, team);
  add(report, "test_", best, test_, team);
  return report;
}

template <class T>
void FitSeries<T>::add(FitReport& report, const std::string& prefix, const Model& best,
                       const SeriesPart& part, const ThreadTeam& team) const {
  if (part.origins.empty()) return;
  const SequenceModelDescription& d = best.description;
  const EncodedSequences data = d.preprocessing.encode(part.windows);
  const std::vector<T> predictions = predict(best.model, data, team);
  const PredictionLoss loss = prediction_loss<T>(team, d.options.head, data, predictions);
  report.figures.emplace_back(prefix + "loss", loss.sum / static_cast<double>(loss.rows));
  const Forecasts forecasts = {part.origins,
                               forecast_values<T>(d, series_, part.origins, predictions)};
  for (const auto& [name, value] : evaluate_forecasts(*d.forecast, series_, part.origins,
                                                      forecasts.values, d.options.head.quantiles)) {
    report.figures.emplace_back(prefix + name, value);
  }
  report.predictions = forecast_table(d, series_, forecasts);
}

template class FitSeries<float>;
template class FitSeries<double>;

}  // namespace unroll
