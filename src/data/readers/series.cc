#include "unroll/data/series.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "data/date_pattern.h"
#include "data/number.h"
#include "data/readers/csv_table.h"
#include "data/readers/series_choice.h"
#include "data/readers/series_columns.h"
#include "data/readers/series_times.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using detail::CsvTable;
using detail::SeriesColumn;
using detail::SeriesColumns;

constexpr std::array<std::string_view, 7> kFrequencyNames = {
    "yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "other"};
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

// The middle of the distances from step to step.
std::int64_t median_spacing(const std::vector<std::int64_t>& seconds) {
  if (seconds.size() < 2) return 0;
  std::vector<std::int64_t> distances(seconds.size());
  std::adjacent_difference(seconds.begin(), seconds.end(), distances.begin());
  distances.erase(distances.begin());
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

Frequency frequency_of(std::int64_t spacing) {
  const auto among = [&](std::int64_t least, std::int64_t most) {
    return spacing >= least * kDay && spacing <= most * kDay;
  };
  if (among(365, 366)) return Frequency::kYearly;
  if (among(90, 92)) return Frequency::kQuarterly;
  if (among(28, 31)) return Frequency::kMonthly;
  if (among(7, 7)) return Frequency::kWeekly;
  if (among(1, 1)) return Frequency::kDaily;
  return spacing == kHour ? Frequency::kHourly : Frequency::kOther;
}

void read_rows(CsvTable& table, SeriesColumns& columns) {
  do {
    if (columns.has_times()) columns.time.read(table);
    for (SeriesColumn& column : columns.values) column.read(table);
  } while (table.next());
}

// That times do not repeat for each value of other columns.
void require_one_series(const std::string& path, const SeriesColumns& columns,
                        const detail::Times& times) {
  if (times.rise() || times.fall() || !detail::has_repeated_times(columns.time)) return;
  for (const SeriesColumn& column : columns.values) {
    if (!detail::is_part_of_times(column)) continue;
    throw FormatError(path + ": times repeat, and " + quote(column.name) +
                      " looks like a part of them; name both, as in --time Date,Time, and where "
                      "needed the form of both, as in --time-format \"%Y-%m-%d %H\"");
  }
  const std::string ids = detail::ids_of_panel(columns.values, columns.time.texts);
  if (ids.empty()) return;
  detail::refuse_panel(path, "times repeat, and each stands once for every " + ids);
}

// (T, C)
std::vector<double> side_by_side(const std::vector<SeriesColumn>& columns) {
  std::vector<double> values;
  const std::size_t steps = columns.front().values.size();
  values.reserve(steps * columns.size());
  for (std::size_t t = 0; t < steps; ++t) {
    for (const SeriesColumn& column : columns) values.push_back(column.values[t]);
  }
  return values;
}

}  // namespace

std::string_view frequency_name(Frequency frequency) {
  return kFrequencyNames[static_cast<std::size_t>(frequency)];
}

Series read_series(const std::string& path, const SeriesReaderOptions& options) {
  if (const char* problem = detail::pattern_problem(options.time_format);
      problem != nullptr && !options.time_format.empty()) {
    throw ValueError("time_format " + quote(options.time_format) + " " + problem);
  }
  Series series;
  series.source = path;
  detail::LineReader lines = detail::open_text(path, "a CSV file (text)");
  CsvTable table(lines, options.delimiter);
  detail::begin_series(table, options, series.notes);
  SeriesColumns columns = detail::choose_columns(table, options, series.notes);
  read_rows(table, columns);
  detail::Times times;
  if (columns.has_times()) {
    times = detail::read_times(table, columns.time, options);
    require_one_series(path, columns, times);
  }
  detail::leave_out_columns(path, columns.has_times(), columns.values, series.notes);
  for (const SeriesColumn& column : columns.values) series.column_names.push_back(column.name);
  series.values = side_by_side(columns.values);
  columns.values.clear();
  if (!columns.has_times()) {
    if (options.insert_missing) detail::insert_missing_steps(series);
    return series;
  }
  for (const std::size_t column : columns.time.columns) {
    series.time_name +=
        (series.time_name.empty() ? "" : ",") + detail::series_column_name(table, column);
  }
  detail::set_times(table, std::move(columns.time), std::move(times), options.usual_step, series);
  series.spacing = median_spacing(series.seconds);
  series.frequency = frequency_of(series.spacing);
  if (options.insert_missing) detail::insert_missing_steps(series);
  return series;
}

std::string time_after(const Series& series, std::size_t ahead) {
  if (series.dates.empty()) return "";
  if (!series.times.empty()) {
    const auto count = static_cast<std::int64_t>(ahead);
    const std::int64_t time = steps_after(series.step, series.times.back(), count);
    if (!series.step.is_known() || time == kLastTime) return "";
    return detail::write_date(series.time_format, {time, series.utc_offset});
  }
  if (series.number_step == 0) return "";
  constexpr int kDigits = 15;  // that a double has whatever the number: 0.1 + 0.2 is 0.3
  const double last = detail::parse_number(series.dates.back()).value;
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(),
                                 last + static_cast<double>(ahead) * series.number_step,
                                 std::chars_format::general, kDigits);
  return {text.data(), end.ptr};
}

}  // namespace unroll
