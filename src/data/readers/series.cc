#include "unroll/data/series.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "data/date_pattern.h"
#include "data/number.h"
#include "data/readers/csv_columns.h"
#include "data/readers/csv_table.h"
#include "data/readers/series_columns.h"
#include "data/readers/series_times.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using detail::CsvTable;
using detail::SeriesColumn;
using detail::TimeColumn;

constexpr std::array<std::string_view, 7> kFrequencyNames = {
    "yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "other"};
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

// "2" of "column 2", as columns are called where there is no header; else the name itself.
std::string number_of(const std::string& name) {
  constexpr std::string_view kWord = "column ";
  if (name.compare(0, kWord.size(), kWord) != 0) return name;
  const std::string number = name.substr(kWord.size());
  return detail::is_column_number(number) ? number : name;
}

bool has_names(const CsvTable& table, const SeriesReaderOptions& options) {
  if (options.header) return *options.header;
  for (const auto* const names : {&options.columns, &options.ignored_columns}) {
    for (const std::string& name : *names) {
      if (!detail::is_column_number(number_of(name))) return true;
    }
  }
  const std::string time = options.time_column.value_or("");
  if (!time.empty() && !detail::is_column_number(number_of(time))) return true;
  return detail::first_row_is_header(table, std::vector<bool>(table.columns()));
}

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

constexpr std::size_t kNoColumn = std::numeric_limits<std::size_t>::max();

// What each column of a table is.
struct SeriesColumns {
  TimeColumn time = {.index = kNoColumn};
  std::vector<SeriesColumn> values = {};

  bool has_times() const { return time.index != kNoColumn; }
};

class ColumnChooser {
 public:
  // `table` stands at its first row.
  ColumnChooser(const CsvTable& table, const SeriesReaderOptions& options)
      : table_(table), options_(options) {}

  SeriesColumns choose() {
    if (!options_.time_column) {
      columns_.time.index = find_time_column(table_, options_.time_format).value_or(kNoColumn);
    } else if (!options_.time_column->empty()) {
      columns_.time.index = find(*options_.time_column);
    }
    for (const std::string& name : options_.columns) ask(name);
    for (const std::string& name : options_.ignored_columns) {
      if (!options_.are_remembered || table_.find(name)) ignore(name);
    }
    // Ids are looked at in any case: they tell whether it is one series.
    for (std::size_t i = 0; i < table_.columns(); ++i) {
      if (i == columns_.time.index || is_used(i)) continue;
      SeriesColumn free = column(i);
      if (options_.columns.empty() || free.is_id) columns_.values.push_back(std::move(free));
    }
    if (columns_.values.empty()) {
      throw FormatError(table_.file() + ": has no column beside its times");
    }
    if (!options_.time_format.empty() && !columns_.has_times()) {
      throw ValueError(table_.file() + ": no column has times of the form " +
                       printable(options_.time_format) + "; name it");
    }
    return std::move(columns_);
  }

 private:
  void ask(const std::string& name) {
    const std::size_t index = find(name);
    if (is_used(index)) fail(name, "twice");
    // What is asked for as numbers was not meant as time, unless the option says both.
    if (columns_.time.index == index) {
      if (options_.time_column) fail(name, "as time and as values");
      columns_.time.index = kNoColumn;
    }
    columns_.values.push_back(column(index));
    columns_.values.back().is_asked = true;
    columns_.values.back().is_id = false;
  }

  void ignore(const std::string& name) {
    const std::size_t index = find(name);
    if (index == columns_.time.index) {
      if (options_.time_column) fail(name, "as time and to be ignored");
      columns_.time.index = kNoColumn;
    }
    if (is_used(index)) fail(name, "twice, or as values and to be ignored");
    ignored_.push_back(index);
  }

  bool is_used(std::size_t index) const {
    return std::find(ignored_.begin(), ignored_.end(), index) != ignored_.end() ||
           std::any_of(columns_.values.begin(), columns_.values.end(),
                       [&](const SeriesColumn& other) { return other.index == index; });
  }

  std::size_t find(const std::string& name) const {
    return table_.column(table_.has_header() ? name : number_of(name));
  }

  SeriesColumn column(std::size_t index) const {
    SeriesColumn made;
    made.index = index;
    made.name = series_column_name(table_, index);
    made.is_named = table_.has_header();
    made.is_id = made.is_named && detail::is_id_name(made.name);
    return made;
  }

  [[noreturn]] void fail(const std::string& name, const char* how) const {
    throw ValueError("the column " + quote(name) + " of " + table_.file() + " is asked for " + how);
  }

  const CsvTable& table_;
  const SeriesReaderOptions& options_;
  SeriesColumns columns_;
  std::vector<std::size_t> ignored_;
};

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

void begin_table(CsvTable& table, const SeriesReaderOptions& options, Series& out) {
  if (has_names(table, options)) {
    table.take_header();
  } else {
    table.hold();
  }
  if (!table.next()) throw FormatError(table.file() + ": has a header and no rows");
  out.notes.header = table.has_header();
  out.notes.delimiter = table.delimiter();
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
  begin_table(table, options, series);
  SeriesColumns columns = ColumnChooser(table, options).choose();
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
  series.time_name = detail::series_column_name(table, columns.time.index);
  detail::set_times(table, std::move(columns.time), std::move(times), series);
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
