#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/data/preprocessing.h"
#include "unroll/data/sequences.h"
#include "unroll/data/series.h"

#pragma GCC visibility push(default)

namespace unroll {

// The scale on which changes are predicted: x, log x or √x.
enum class Transform : std::uint8_t { kNone, kLog, kSqrt };
// What the model sees of a value: its level, or its change from the step before.
enum class ForecastInput : std::uint8_t { kLevel, kChange };

// "none", "log", "sqrt"; "level", "change"; and back; the latter throw ValueError.
std::string transform_name(Transform transform);
Transform parse_transform(const std::string& name);
std::string forecast_input_name(ForecastInput input);
ForecastInput parse_forecast_input(const std::string& name);

constexpr std::size_t kMaxLags = std::size_t{1} << 20, kMaxHorizon = std::size_t{1} << 16;

struct ForecastOptions {
  // L, at most kMaxLags: steps that a forecast is made from; stateful, at least as many, and those
  // of a window in training.
  std::size_t lags = 24;
  std::size_t horizon = 1;  // K: steps that are forecast, at most kMaxHorizon
  // Not given: the one of the three that makes the changes of the training part most likely under a
  // normal distribution with mean 0 (Box, Cox, "An analysis of transformations", 1964), over all
  // columns that are not constant; log and √ only where all values of the training part allow them,
  // those among them that stand in for missing ones. Below half the smallest value of the training
  // part, down to 0, log goes on as its tangent there: a later 0 has a place on the scale.
  std::optional<Transform> transform = {};
  // Not given: the change where a column of the training part has a trend (value and time correlate
  // by more than 0.7), whose levels the model would not have seen; else the level.
  std::optional<ForecastInput> input = {};
  bool calendar = true;  // where there are dates: sine and cosine of the time of year, week and day
  // Of inputs; kMean: the column's mean over the training part. A forecast of a missing value is
  // left out.
  Missing missing = Missing::kRefuse;
  // A forecast is made from all steps before it: the series is one sequence.
  bool stateful = false;
};

// How a series becomes sequences, and predictions become forecasts. A sequence is a window of L
// steps, which windows that overlap share; its targets are the changes of all C columns from the
// last of these steps to the K that follow, on the transformed scale: (K, C). Stateful, the whole
// series is one sequence, and every step has such targets.
class ForecastScheme {
 public:
  // From the first `train_steps` steps. Throws ValueError for lags or a horizon that do not fit
  // into them, and FormatError for values among them that the transform does not allow, or that are
  // missing and to be refused.
  static ForecastScheme learn(const Series& series, std::size_t train_steps,
                              const ForecastOptions& options);

  const ForecastOptions& options() const { return options_; }  // completed
  const std::vector<std::string>& columns() const { return columns_; }
  // Steps of a season, as the spacing of the dates says: 12 for months, 52 for weeks, 24 for hours,
  // 4 for quarters, for days as many as occur in a week; 0 for others.
  std::size_t season() const { return season_; }
  std::size_t first_origin() const;  // the first step that has L steps before it
  // (C) whether a column has one value alone in the training part: no change is forecast for it.
  // Empty of older files: none is treated so.
  const std::vector<bool>& constant_columns() const { return are_constant_; }

  // An origin o is a step that is forecast from the ones before it. The windows of the origins
  // first … last-1 for which all L steps exist and no target is missing; `kept` receives them. A
  // target beyond the end of the series counts as missing, unless `targets` is false. Stateful, one
  // sequence from the beginning of the series to the last of these origins, which need one step
  // before them alone; the targets of the other steps are missing. Throws
  // FormatError for a series with other columns or another spacing than the one that was learnt
  // from, and for values that are missing and to be refused, that the transform does not allow, or
  // that are not finite.
  Sequences windows(const Series& series, std::size_t first, std::size_t last, bool targets,
                    std::vector<std::size_t>& kept) const;
  // A series as the model sees it, with what stands in for missing values; those that are to be
  // refused stay missing. Throws FormatError for another series, as windows() does.
  Series fill_missing(const Series& series) const;
  // The row of the model's predictions for such windows that is the forecast from kept[i].
  std::size_t row(std::span<const std::size_t> kept, std::size_t i) const;

  // y_{o+k} of column c, in the series' units, from the change that was predicted for it. Throws
  // ValueError for an origin or a column that the series does not have.
  double forecast(const Series& series, std::size_t origin, std::size_t column,
                  double change) const;

  std::string to_json() const;
  // Throws FormatError, naming `source`.
  static ForecastScheme from_json(std::string_view json, const std::string& source);

  // AR coefficients of each column, the intercept first, for comparisons; may be empty.
  std::vector<std::vector<double>> autoregressions = {};
  // (K·C) half the width of the interval of 90 %, in deviations of the prediction (see
  // interval_factors()); empty where there was no validation part.
  std::vector<double> interval_factors = {};
  // The mean of each column, and the mean absolute error of its (seasonal) naive forecast, over the
  // training part; the latter may be empty.
  std::vector<double> means = {}, naive_errors = {};
  // How files are read, the columns aside.
  SeriesReaderOptions reader = {};

 private:
  double transformed(const Series& series, std::size_t step, std::size_t column) const;
  double filled(const Series& series, std::size_t step, std::size_t column) const;
  double log_floor(std::size_t column) const;  // 0: log is not continued
  void learn_scales(const std::vector<std::vector<double>>& columns);
  void require_moderate(const Series& series,
                        const std::vector<std::vector<double>>& columns) const;
  std::size_t first_step() const;  // that has an input
  void require_columns(const Series& series) const;

  ForecastOptions options_;
  std::vector<std::string> columns_;
  bool has_dates_ = false;
  Frequency frequency_ = Frequency::kOther;
  std::size_t season_ = 0;
  std::vector<double> periods_;     // seconds of the cycles of the calendar that are shown
  std::vector<double> log_floors_;  // (C) of the transform log; empty in older files
  std::vector<bool> are_constant_;  // (C); empty in older files
};

}  // namespace unroll

#pragma GCC visibility pop
