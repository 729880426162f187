#include "data/readers/series_times.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <unordered_set>
#include <utility>

#include "data/date_readings.h"
#include "data/number.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/calendar.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kTimeNames[] = {"date", "datetime", "timestamp", "time", "ds",
                                           "day",  "week",     "month",     "year", "step"};
constexpr std::int64_t kMostInserted = 16;  // steps for each one that is there

// Whether an unnamed cell is more likely a date than a number.
bool is_likely_date(const CsvTable& table, std::size_t column, const std::string& time_format) {
  const std::string_view cell = trim(table.cell(column));
  if (!time_format.empty()) return read_date(time_format, cell).has_value();
  if (!is_date(cell)) return false;
  if (parse_number(cell).problem != nullptr) return true;
  const bool is_year = cell.size() != 4 || (cell >= "1500" && cell <= "2200");
  return column == 0 && table.columns() > 1 && is_year;
}

[[noreturn]] void fail(const CsvTable& table, const TimeColumn& column, std::size_t row,
                       const std::string& what) {
  throw FormatError(table.file() + ": line " + std::to_string(column.lines[row]) + ", " +
                    table.label(column.columns.front()) + ": " + what);
}

bool is_known_number(const std::string& text) {
  const Number number = parse_number(text);
  return number.problem == nullptr && !std::isnan(number.value);
}

// Bare numbers are dates where one reading makes dates of all of them, and the first one is one.
bool are_dates(const TimeColumn& column, const SeriesReaderOptions& options) {
  if (!options.time_format.empty()) return true;
  if (!is_date(column.texts.front())) return false;
  return !std::all_of(column.texts.begin(), column.texts.end(), is_known_number) ||
         std::all_of(column.texts.begin(), column.texts.end(), is_date);
}

std::vector<double> read_numbers(const CsvTable& table, const TimeColumn& column) {
  std::vector<double> numbers;
  for (std::size_t row = 0; row < column.texts.size(); ++row) {
    const std::string& text = column.texts[row];
    if (!is_known_number(text)) {
      fail(table, column, row,
           quote(text) +
               " is neither a date such as 2024-02-29 nor a number; name the column of the times, "
               "or give the form of its dates, as in --time-format %d/%m/%Y");
    }
    numbers.push_back(parse_number(text).value);
  }
  return numbers;
}

ReadDates read_dates(const CsvTable& table, const TimeColumn& column,
                     const SeriesReaderOptions& options) {
  try {
    return detail::read_dates(column.texts, options.time_format, options.usual_time_format);
  } catch (const DateProblem& problem) {
    fail(table, column, problem.row, problem.what);
  }
}

// By the clock on the wall where all are as far from UTC, else in UTC.
Times instants(const ReadDates& dates) {
  const WallTime& first = dates.times.front();
  const bool same = std::all_of(dates.times.begin(), dates.times.end(),
                                [&](const WallTime& time) { return time.offset == first.offset; });
  Times times = {.format = dates.pattern, .utc_offset = same ? first.offset : 0};
  for (const WallTime& time : dates.times) {
    times.dates.push_back(time.microseconds - (same ? 0 : time.offset.value_or(0) * kSecond));
  }
  return times;
}

template <class Time>
bool all_fall(const std::vector<Time>& times) {
  return times.size() > 1 &&
         std::adjacent_find(times.begin(), times.end(), std::less_equal<>()) == times.end();
}

// The first one that does not rise.
template <class Time>
std::size_t first_bad(const std::vector<Time>& times) {
  const auto bad = std::adjacent_find(times.begin(), times.end(), std::greater_equal<>());
  return bad == times.end() ? 0 : static_cast<std::size_t>(bad - times.begin()) + 1;
}

[[noreturn]] void refuse_order(const CsvTable& table, const TimeColumn& column,
                               const Times& times) {
  const std::size_t row = std::max(first_bad(times.dates), first_bad(times.numbers));
  const bool same = times.dates.empty() ? times.numbers[row] == times.numbers[row - 1]
                                        : times.dates[row] == times.dates[row - 1];
  fail(table, column, row,
       quote(column.texts[row]) + " follows " + quote(column.texts[row - 1]) +
           (same ? ": it stands twice; a file holds one series"
                 : ": times must rise; sort the file by time"));
}

void reverse_rows(Series& series) {
  const std::size_t width = series.columns(), steps = series.steps();
  std::vector<double> values;
  values.reserve(series.values.size());
  for (std::size_t t = steps; t-- > 0;) {
    values.insert(values.end(), series.values.begin() + static_cast<std::ptrdiff_t>(t * width),
                  series.values.begin() + static_cast<std::ptrdiff_t>((t + 1) * width));
  }
  series.values = std::move(values);
  std::reverse(series.dates.begin(), series.dates.end());
  series.notes.reversed = true;
}

// The distance of numbers that are always as far apart, up to their rounding; else 0.
double common_step(const std::vector<double>& numbers) {
  if (numbers.size() < 2) return 0;
  const double step = numbers[1] - numbers[0];
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (std::fabs(numbers[i] - numbers[i - 1] - step) > 1e-9 * std::fabs(numbers[i])) return 0;
  }
  return step;
}

void set_calendar(Series& series) {
  series.seconds.clear(), series.months.clear(), series.weekdays.clear(), series.hours.clear();
  for (const std::int64_t time : series.times) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(time)).count();
    const CalendarTime calendar = calendar_time(seconds);
    series.seconds.push_back(seconds);
    series.months.push_back(calendar.month);
    series.weekdays.push_back(calendar.weekday);
    series.hours.push_back(calendar.hour);
  }
}

}  // namespace

std::optional<std::size_t> find_time_column(const CsvTable& table,
                                            const std::vector<bool>& excluded,
                                            const std::string& time_format) {
  for (const std::string_view name : kTimeNames) {
    const auto found = table.find(name);
    if (found && !excluded[*found]) return found;
  }
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (!excluded[i] && is_likely_date(table, i, time_format)) return i;
  }
  return std::nullopt;
}

void TimeColumn::read(const CsvTable& table) {
  std::string text;
  for (const std::size_t column : columns) {
    if (column != columns.front()) text += ' ';
    text += trim(table.cell(column));
  }
  texts.push_back(std::move(text));
  lines.push_back(table.line());
}

bool has_repeated_times(const TimeColumn& column) {
  std::unordered_set<std::string_view> seen;
  return !std::all_of(column.texts.begin(), column.texts.end(),
                      [&](const std::string& text) { return seen.insert(text).second; });
}

bool Times::rise() const { return first_bad(dates) == 0 && first_bad(numbers) == 0; }
bool Times::fall() const { return all_fall(dates) || all_fall(numbers); }

Times read_times(const CsvTable& table, const TimeColumn& column,
                 const SeriesReaderOptions& options) {
  if (are_dates(column, options)) return instants(read_dates(table, column, options));
  return {.numbers = read_numbers(table, column)};
}

void set_times(const CsvTable& table, TimeColumn column, Times times, const TimeStep& usual_step,
               Series& out) {
  const bool reversed = times.fall();
  if (!reversed && !times.rise()) refuse_order(table, column, times);
  out.dates = std::move(column.texts);
  if (reversed) {
    std::reverse(times.dates.begin(), times.dates.end());
    std::reverse(times.numbers.begin(), times.numbers.end());
    reverse_rows(out);
  }
  out.number_step = common_step(times.numbers);
  out.times = std::move(times.dates);
  out.time_format = std::move(times.format);
  out.utc_offset = times.utc_offset;
  set_calendar(out);
  const bool usual = !out.times.empty() && fits(usual_step, out.times);
  out.step = usual ? usual_step : time_step_of(out.times);
}

void insert_missing_steps(Series& series) {
  if (!series.step.is_known()) {
    throw ValueError(series.source +
                     ": steps that are absent can be inserted where there are dates "
                     "alone");
  }
  Series whole = series;
  whole.dates.clear(), whole.times.clear(), whole.values.clear();
  const std::size_t width = series.columns();
  const auto most = kMostInserted * static_cast<std::int64_t>(series.steps());
  for (std::size_t t = 0; t < series.steps(); ++t) {
    const std::int64_t time = series.times[t];
    const std::int64_t before = t > 0 ? series.times[t - 1] : time;
    const std::int64_t steps = t > 0 ? steps_between(series.step, before, time) : 1;
    if (t > 0 && steps_after(series.step, before, steps) != time) {
      throw FormatError(series.source + ": " + quote(series.dates[t]) +
                        " is no whole number of steps (" + time_step_text(series.step) +
                        ") after " + quote(series.dates[t - 1]) +
                        "; absent steps can be inserted between regular times alone");
    }
    if (static_cast<std::int64_t>(whole.times.size()) + steps > most + 1) {
      throw FormatError(series.source + ": of its steps (" + time_step_text(series.step) +
                        ") fewer than one in " + std::to_string(kMostInserted) +
                        " is there; there is too much to insert");
    }
    for (std::int64_t k = 1; k < steps; ++k) {
      whole.times.push_back(steps_after(series.step, before, k));
      whole.dates.push_back(
          write_date(series.time_format, {whole.times.back(), series.utc_offset}));
      whole.values.insert(whole.values.end(), width, std::numeric_limits<double>::quiet_NaN());
    }
    whole.times.push_back(time);
    whole.dates.push_back(series.dates[t]);
    whole.values.insert(whole.values.end(),
                        series.values.begin() + static_cast<std::ptrdiff_t>(t * width),
                        series.values.begin() + static_cast<std::ptrdiff_t>((t + 1) * width));
  }
  whole.notes.inserted = whole.steps() - series.steps();
  set_calendar(whole);
  series = std::move(whole);
}

}  // namespace unroll::detail
