#include "report/prediction_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "output/progress.h"
#include "report/sample_rows.h"
#include "unroll/data/calendar.h"

namespace unroll::app::report {
namespace {

using Quantity = PredictionFile::Quantity;

constexpr std::size_t kScatterPoints = 1000;
constexpr std::size_t kForecastPoints = 500;
constexpr std::size_t kMaxQuantities = 8;  // of which there are charts

void add_scatter(std::vector<Figure>& figures, const PredictionFile& p, const Quantity& quantity) {
  Curve points = {.name = "one prediction"};
  Curve diagonal = {.name = "predicted = true", .line = Line::kThin};
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const std::size_t row : evenly(p.rows(), kScatterPoints)) {
    const double truth = p.number(row, quantity.truth);
    const double predicted = p.number(row, quantity.predicted);
    if (!std::isfinite(truth) || !std::isfinite(predicted)) continue;
    points.x.push_back(truth);
    points.y.push_back(predicted);
    low = std::min(low, truth), high = std::max(high, truth);
  }
  if (points.x.empty()) return;
  diagonal.x = diagonal.y = {low, high};
  Figure figure = {.title = quantity.name};
  if (points.x.size() < p.rows()) {
    figure.caption =
        fmt::format("{} of {} predictions.", thousands(points.x.size()), thousands(p.rows()));
  }
  figure.chart.description =
      fmt::format("Predicted against true values of {}: {} points; true values from {} to {}.",
                  quantity.name, points.x.size(), shown(low), shown(high));
  figure.chart.x_label = "true";
  figure.chart.y_label = "predicted";
  figure.chart.curves = {points, diagonal};
  figure.chart.points = true;
  figures.push_back(std::move(figure));
}

// The column `time`: dates, or numbers, or else the places of its values in the file.
struct Times {
  std::vector<double> values = {};  // by row
  enum { kDates, kNumbers, kPlaces } kind = kDates;
};

Times read_times(const PredictionFile& p) {
  constexpr std::size_t kYearDigits = 4;  // 1990 alone is a number, 19900131 is a date
  Times times;
  for (std::size_t row = 0; row < p.rows() && times.kind == Times::kDates; ++row) {
    const std::optional<std::int64_t> seconds = parse_date(p.cell(row, 0));
    if (!seconds || p.cell(row, 0).size() <= kYearDigits) times.kind = Times::kNumbers;
    times.values.push_back(static_cast<double>(seconds.value_or(0)));
  }
  if (times.kind == Times::kDates) return times;
  times.values.clear();
  for (std::size_t row = 0; row < p.rows() && times.kind == Times::kNumbers; ++row) {
    times.values.push_back(p.number(row, 0));
    if (!std::isfinite(times.values.back())) times.kind = Times::kPlaces;
  }
  if (times.kind == Times::kNumbers) return times;
  times.values.clear();
  std::map<std::string_view, double> places;
  for (std::size_t row = 0; row < p.rows(); ++row) {
    const auto place = static_cast<double>(places.size());
    times.values.push_back(places.emplace(p.cell(row, 0), place).first->second);
  }
  return times;
}

// For each time the row of its forecast with the shortest, or the longest, horizon.
std::vector<std::size_t> rows_by_time(const PredictionFile& p, const Times& times, bool shortest) {
  std::map<double, std::size_t> rows;
  for (std::size_t row = 0; row < p.rows(); ++row) {
    const auto [found, added] = rows.emplace(times.values[row], row);
    if (added) continue;
    const double a = p.number(row, 1), b = p.number(found->second, 1);
    if (shortest ? a < b : a > b) found->second = row;
  }
  std::vector<std::size_t> result;
  for (const auto& [time, row] : rows) result.push_back(row);
  return result;
}

Figure forecast(const PredictionFile& p, const Times& times, const Quantity& quantity,
                std::vector<std::size_t> rows) {
  Figure figure;
  const std::size_t all = rows.size();
  if (all > kForecastPoints) {
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(kForecastPoints));
    figure.caption =
        fmt::format("The last {} of {} times.", thousands(kForecastPoints), thousands(all));
  }
  Curve truth = {.name = "truth"}, predicted = {.name = "forecast", .line = Line::kSecond};
  Band interval = {.name = "interval"};
  for (const std::size_t row : rows) {
    const double x = times.values[row];
    truth.x.push_back(x);
    truth.y.push_back(p.number(row, quantity.truth));
    predicted.x.push_back(x);
    predicted.y.push_back(p.number(row, quantity.predicted));
    if (!quantity.low) continue;
    interval.x.push_back(x);
    interval.low.push_back(p.number(row, *quantity.low));
    interval.high.push_back(p.number(row, *quantity.low + 1));
  }
  Chart& chart = figure.chart;
  if (quantity.low) chart.bands = {interval};
  chart.curves = {truth, predicted};
  chart.dates = times.kind == Times::kDates;
  chart.x_label = times.kind == Times::kPlaces ? "place in the file" : "";
  chart.wide = true;
  return figure;
}

// "horizon 1" or "horizons 1 to 3".
std::string horizons(const PredictionFile& p, const std::vector<std::size_t>& rows) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const std::size_t row : rows) {
    low = std::min(low, p.number(row, 1)), high = std::max(high, p.number(row, 1));
  }
  return low == high ? fmt::format("horizon {}", low) : fmt::format("horizons {} to {}", low, high);
}

void add_forecasts(std::vector<Figure>& figures, const PredictionFile& p, const Times& times,
                   const Quantity& quantity) {
  const std::vector<std::size_t> shortest = rows_by_time(p, times, true);
  const std::vector<std::size_t> longest = rows_by_time(p, times, false);
  const auto add = [&](const std::vector<std::size_t>& rows, const std::string& which) {
    Figure figure = forecast(p, times, quantity, rows);
    figure.title = quantity.name + (which.empty() ? "" : ", " + which + " horizon");
    const std::string choice = which.empty()
                                   ? fmt::format("Forecasts of {}.", horizons(p, rows))
                                   : fmt::format("At each time the forecast of the {} horizon: {}.",
                                                 which, horizons(p, rows));
    figure.caption = choice + (figure.caption.empty() ? "" : " ") + figure.caption;
    figure.chart.description =
        fmt::format("{}: forecasts{} and the truth over {} times. {}", figure.title,
                    quantity.low ? " with intervals" : "", thousands(rows.size()), figure.caption);
    figures.push_back(std::move(figure));
  };
  if (shortest == longest) {
    add(shortest, "");
  } else {
    add(shortest, "shortest");
    add(longest, "longest");
  }
}

}  // namespace

std::vector<Figure> prediction_figures(const PredictionFile& p) {
  std::vector<Figure> figures;
  if (p.kind() == PredictionFile::Kind::kLabels) return figures;
  Times times;
  if (p.kind() == PredictionFile::Kind::kForecasts) times = read_times(p);
  for (std::size_t i = 0; i < std::min(p.quantities().size(), kMaxQuantities); ++i) {
    const Quantity& quantity = p.quantities()[i];
    if (p.kind() == PredictionFile::Kind::kNumbers) {
      add_scatter(figures, p, quantity);
      continue;
    }
    add_forecasts(figures, p, times, quantity);
  }
  std::erase_if(figures, [](const Figure& f) { return !has_points(f.chart); });
  for (std::size_t i = 0; i < figures.size(); ++i) {
    figures[i].chart.id = fmt::format("prediction-{}", i + 1);
  }
  return figures;
}

}  // namespace unroll::app::report
