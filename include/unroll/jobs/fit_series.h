#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "unroll/data/series.h"
#include "unroll/jobs/fit.h"
#include "unroll/models/sequence_model_file.h"
#include "unroll/train/sequence_task.h"

#pragma GCC visibility push(default)

namespace unroll {

// Some origins of a series, and their windows as ForecastScheme makes them.
struct SeriesPart {
  std::vector<std::size_t> origins = {};
  Sequences windows = {};
};

struct FitSeriesOptions {
  // Shares at the end: of the series, to measure on, and of what is before that, to choose the best
  // epoch by. [0, 1).
  double test_fraction = 0.2, valid_fraction = 0.15;
  ForecastOptions forecast = {};
  SeriesReaderOptions reader = {};  // how the file was read: kept in the model file
  // The sizes of input and output follow from the series; a stateful model reads every step.
  SequenceModelOptions model = {};
  InitializationOptions initialization = {};
  std::size_t batch = 16, shards = 1;  // not used by a stateful model
  std::uint64_t seed = 1;
};

// Trains a model that forecasts a series. The parts follow each other in time: training,
// validation, test; no target of a part lies in the next one. Its report has train_loss, columns,
// transform, input, lags, horizon, season (where there is one), and for validation and test part,
// as valid_… and test_…, the loss and the figures of evaluate_forecasts().
template <class T>
class FitSeries : public Fit<T> {
 public:
  using Number = T;
  using Model = TrainedSequenceModel<T>;

  // Throws FormatError for a series that cannot be learnt from, OptionError (valid_fraction,
  // test_fraction) for a part without a forecast.
  FitSeries(Series series, const FitSeriesOptions& options);

  SequenceTask<T>& task() override { return *task_; }
  FitReport report(const std::vector<EpochRecord>& history, const RunStore& kept,
                   const ThreadTeam& team) const override;
  Model model(const RunStore& kept) const;
  const Series& series() const { return series_; }
  const ForecastScheme& scheme() const;

 private:
  void require(const char* option, bool wanted, const SeriesPart& part, std::size_t horizon) const;
  void add(FitReport& report, const std::string& prefix, const Model& best, const SeriesPart& part,
           const ThreadTeam& team) const;

  Series series_;
  SeriesPart valid_, test_;
  std::unique_ptr<SequenceTask<T>> task_;
};

extern template class FitSeries<float>;
extern template class FitSeries<double>;

}  // namespace unroll

#pragma GCC visibility pop
