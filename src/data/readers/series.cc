#include "unroll/data/series.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "data/number.h"
#include "data/readers/csv_columns.h"
#include "data/readers/csv_table.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/calendar.h"

namespace unroll {
namespace {

using detail::CsvTable;

constexpr std::array<std::string_view, 7> kFrequencyNames = {
    "yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "other"};
constexpr std::string_view kTimeNames[] = {"date", "datetime", "timestamp", "time", "day",
                                           "week", "month",    "year",      "step"};
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

// Whether an unnamed cell is more likely a date than a number.
bool is_likely_date(const CsvTable& table, std::size_t column) {
  const std::string_view cell = detail::trim(table.cell(column));
  if (!parse_date(cell)) return false;
  if (detail::parse_number(cell).problem != nullptr) return true;
  const bool is_year = cell.size() != 4 || (cell >= "1500" && cell <= "2200");
  return column == 0 && table.columns() > 1 && is_year;
}

// `table` stands at its first row.
std::optional<std::size_t> find_time(const CsvTable& table) {
  for (const std::string_view name : kTimeNames) {
    if (const auto found = table.find(name)) return found;
  }
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (is_likely_date(table, i)) return i;
  }
  return std::nullopt;
}

// "2" of "column 2", as columns are called where there is no header; else the name itself.
std::string number_of(const std::string& name) {
  constexpr std::string_view kWord = "column ";
  if (name.compare(0, kWord.size(), kWord) != 0) return name;
  const std::string number = name.substr(kWord.size());
  return detail::is_column_number(number) ? number : name;
}

bool has_names(const CsvTable& table, const SeriesReaderOptions& options) {
  if (options.header) return *options.header;
  for (const std::string& name : options.columns) {
    if (!detail::is_column_number(number_of(name))) return true;
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

class SeriesReader {
 public:
  SeriesReader(CsvTable& table, Series& out) : table_(table), out_(out) {}

  void choose_columns(const SeriesReaderOptions& options) {
    if (has_names(table_, options)) {
      table_.take_header();
    } else {
      table_.hold();
    }
    if (!table_.next()) throw FormatError(table_.file() + ": has a header and no rows");
    if (!options.time_column) {
      time_ = find_time(table_).value_or(kNoColumn);
    } else if (!options.time_column->empty()) {
      time_ = find(*options.time_column);
    }
    for (const std::string& name : options.columns) {
      const std::size_t column = find(name);
      if (std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
        throw ValueError("the column " + quote(name) + " of " + table_.file() +
                         " is asked for twice");
      }
      columns_.push_back(column);
      // What is asked for as numbers was not meant as time, unless the option says both.
      if (time_ == column) {
        if (options.time_column) {
          throw ValueError("the column " + quote(name) + " of " + table_.file() +
                           " is asked for as time and as values");
        }
        time_ = kNoColumn;
      }
    }
    for (std::size_t i = 0; options.columns.empty() && i < table_.columns(); ++i) {
      if (time_ != i) columns_.push_back(i);
    }
    if (columns_.empty()) throw FormatError(table_.file() + ": has no column beside its times");
    for (const std::size_t column : columns_) out_.column_names.push_back(name_of(column));
    if (time_ != kNoColumn) out_.time_name = name_of(time_);
  }

  void read_row() {
    if (time_ != kNoColumn) read_time(time_);
    for (const std::size_t column : columns_) out_.values.push_back(table_.number(column));
  }

 private:
  std::size_t find(const std::string& name) const {
    return table_.column(table_.has_header() ? name : number_of(name));
  }

  std::string name_of(std::size_t column) const {
    return table_.has_header() ? table_.name(column) : "column " + std::to_string(column + 1);
  }

  void read_time(std::size_t column) {
    const std::string_view text = detail::trim(table_.cell(column));
    const auto date = parse_date(text);
    if (out_.dates.empty()) are_dates_ = date.has_value();
    double time = 0;
    if (are_dates_) {
      if (!date) {
        table_.fail(column, quote(text) +
                                " is no date; wanted such as 2024, 2024-02, 2024-02-29, "
                                "20240229 or 2024-02-29T23:59");
      }
      time = static_cast<double>(*date);
      out_.seconds.push_back(*date);
      const CalendarTime calendar = calendar_time(*date);
      out_.months.push_back(calendar.month);
      out_.weekdays.push_back(calendar.weekday);
      out_.hours.push_back(calendar.hour);
    } else {
      const detail::Number number = detail::parse_number(text);
      if (number.problem || number.value != number.value) {
        table_.fail(column, quote(text) +
                                " is neither a date such as 2024-02-29 nor a number; "
                                "name the column of the times");
      }
      time = number.value;
    }
    if (!out_.dates.empty() && time <= last_) {
      table_.fail(column, quote(text) + " follows " + quote(out_.dates.back()) +
                              (time == last_ ? ": it stands twice"
                                             : ": times must rise; sort the file by time"));
    }
    last_ = time;
    out_.dates.emplace_back(text);
  }

  CsvTable& table_;
  Series& out_;
  static constexpr std::size_t kNoColumn = std::numeric_limits<std::size_t>::max();
  std::size_t time_ = kNoColumn;
  std::vector<std::size_t> columns_;
  bool are_dates_ = false;
  double last_ = 0;
};

}  // namespace

std::string_view frequency_name(Frequency frequency) {
  return kFrequencyNames[static_cast<std::size_t>(frequency)];
}

Series read_series(const std::string& path, const SeriesReaderOptions& options) {
  Series series;
  series.source = path;
  detail::LineReader lines = detail::open_text(path, "a CSV file (text)");
  CsvTable table(lines, options.delimiter);
  SeriesReader reader(table, series);
  reader.choose_columns(options);
  do {
    reader.read_row();
  } while (table.next());
  series.spacing = median_spacing(series.seconds);
  series.frequency = frequency_of(series.spacing);
  return series;
}

}  // namespace unroll
