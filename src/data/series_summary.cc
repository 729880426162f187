#include "unroll/data/series_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/date_pattern.h"

namespace unroll {
namespace {

bool rises_evenly(const Series& series, std::size_t c) {
  const auto at = [&](std::size_t t) { return series.values[t * series.columns() + c]; };
  if (series.steps() < 3 || !(at(1) > at(0))) return false;
  for (std::size_t t = 2; t < series.steps(); ++t) {
    if (!(at(t) - at(t - 1) == at(1) - at(0))) return false;
  }
  return true;
}

SeriesSummary::Column summarize_column(const Series& series, std::size_t c) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  SeriesSummary::Column column = {series.column_names[c], kNone, kNone, kNone, 0, false};
  std::size_t known = 0;
  double mean = 0;
  for (std::size_t i = c; i < series.values.size(); i += series.columns()) {
    const double x = series.values[i];
    if (std::isnan(x)) {
      ++column.missing;
      continue;
    }
    column.least = known == 0 ? x : std::min(column.least, x);
    column.most = known == 0 ? x : std::max(column.most, x);
    ++known;
    mean += (x - mean) / static_cast<double>(known);
  }
  if (known > 0) column.mean = mean;
  column.rises_evenly = rises_evenly(series, c);
  return column;
}

void count_absent(const Series& series, SeriesSummary& summary) {
  for (std::size_t t = 1; t < series.times.size(); ++t) {
    const std::int64_t steps = steps_between(series.step, series.times[t - 1], series.times[t]);
    if (steps > 1 && summary.absent == 0) {
      summary.first_absent =
          detail::write_date(series.time_format,
                             {steps_after(series.step, series.times[t - 1], 1), series.utc_offset});
    }
    summary.absent += static_cast<std::size_t>(steps - 1);
  }
}

}  // namespace

SeriesSummary summarize(const Series& series) {
  SeriesSummary summary;
  summary.file = series.source;
  summary.notes = series.notes;
  summary.steps = series.steps();
  for (std::size_t c = 0; c < series.columns(); ++c) {
    summary.columns.push_back(summarize_column(series, c));
  }
  summary.time_name = series.time_name;
  summary.time_format = series.time_format;
  if (!series.dates.empty())
    summary.first = series.dates.front(), summary.last = series.dates.back();
  summary.step = time_step_text(series.step);
  count_absent(series, summary);
  return summary;
}

}  // namespace unroll
