#include "data/readers/series_choice.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/number.h"
#include "data/readers/csv_columns.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

// "2" of "column 2", as columns are called where there is no header; else the name itself.
std::string number_of(const std::string& name) {
  constexpr std::string_view kWord = "column ";
  if (name.compare(0, kWord.size(), kWord) != 0) return name;
  const std::string number = name.substr(kWord.size());
  return is_column_number(number) ? number : name;
}

std::vector<std::string> parts_of(std::string_view names) {
  std::vector<std::string> parts;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(','), names.size());
    parts.emplace_back(trim(names.substr(0, end)));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return parts;
}

bool has_names(const CsvTable& table, const SeriesReaderOptions& options) {
  if (options.header) return *options.header;
  const std::vector<std::string> times = parts_of(options.time_column.value_or(""));
  for (const auto* const names : {&options.columns, &options.ignored_columns, &times}) {
    for (const std::string& name : *names) {
      if (!is_column_number(number_of(name))) return true;
    }
  }
  return first_row_is_header(table, std::vector<bool>(table.columns()));
}

class ColumnChooser {
 public:
  // `table` stands at its first row.
  ColumnChooser(const CsvTable& table, const SeriesReaderOptions& options, SeriesNotes& notes)
      : table_(table), options_(options), notes_(notes), is_used_(table.columns()) {}

  SeriesColumns choose() {
    for (const std::string& name : options_.columns) {
      const std::size_t index = find(name);
      use(index, name, "twice");
      columns_.values.push_back(column(index));
      columns_.values.back().is_asked = true;
      columns_.values.back().is_id = false;
    }
    for (const std::string& name : options_.ignored_columns) {
      if (options_.are_remembered && !table_.find(name)) continue;
      use(find(name), name, "twice, or as values and to be ignored");
    }
    find_times();
    for (std::size_t i = 0; i < table_.columns(); ++i) {
      if (!is_used_[i]) take_free(i);
    }
    if (columns_.values.empty()) {
      throw FormatError(table_.file() + ": has no column beside its times");
    }
    require_distinct_names();
    if (!options_.time_format.empty() && !columns_.has_times()) {
      throw ValueError(table_.file() + ": no column has times of the form " +
                       printable(options_.time_format) + "; name it");
    }
    return std::move(columns_);
  }

 private:
  // A name, or several with commas between. What is asked for as numbers, or ignored, was not meant
  // as time, unless the option says both.
  void find_times() {
    std::vector<std::size_t>& found = columns_.time.columns;
    if (!options_.time_column) {
      const auto column = find_time_column(table_, is_used_, options_.time_format);
      if (!column) return;
      found.push_back(*column);
      is_used_[*column] = true;
      return;
    }
    std::vector<std::string> names = parts_of(*options_.time_column);
    if (names.size() > 1 && table_.find(*options_.time_column)) names = {*options_.time_column};
    for (const std::string& name : names) {
      found.push_back(find(name));
      use(found.back(), name, "as time and as values, or to be ignored");
    }
  }

  // A model finds its columns by name.
  void require_distinct_names() const {
    for (const SeriesColumn& value : columns_.values) {
      if (!table_.has_header() || value.name.empty() || value.is_id) continue;
      for (std::size_t other = 0; other < table_.columns(); ++other) {
        if (other == value.index || table_.name(other) != value.name) continue;
        throw FormatError(table_.file() + ": two columns are called " + quote(value.name) +
                          "; give one of them another name");
      }
    }
  }

  void use(std::size_t index, const std::string& name, const char* twice) {
    if (is_used_[index]) fail(name, twice);
    is_used_[index] = true;
  }

  // Ids are looked at in any case: they tell whether it is one series.
  void take_free(std::size_t index) {
    SeriesColumn free = column(index);
    if (options_.columns.empty() || free.is_id) {
      columns_.values.push_back(std::move(free));
    } else if (options_.are_remembered) {
      notes_.left_out.push_back({free.name, "not forecast by the model"});
    }
  }

  std::size_t find(const std::string& name) const {
    return table_.column(table_.has_header() ? name : number_of(name));
  }

  SeriesColumn column(std::size_t index) const {
    SeriesColumn made;
    made.index = index;
    made.name = series_column_name(table_, index);
    made.is_named = table_.has_header();
    made.is_id = made.is_named && is_id_name(made.name);
    return made;
  }

  [[noreturn]] void fail(const std::string& name, const char* how) const {
    throw ValueError("the column " + quote(name) + " of " + table_.file() + " is asked for " + how);
  }

  const CsvTable& table_;
  const SeriesReaderOptions& options_;
  SeriesNotes& notes_;
  SeriesColumns columns_;
  std::vector<bool> is_used_;
};

}  // namespace

void begin_series(CsvTable& table, const SeriesReaderOptions& options, SeriesNotes& notes) {
  if (has_names(table, options)) {
    table.take_header();
  } else {
    table.hold();
  }
  if (!table.next()) throw FormatError(table.file() + ": has a header and no rows");
  notes.header = table.has_header();
  notes.delimiter = table.delimiter();
}

SeriesColumns choose_columns(const CsvTable& table, const SeriesReaderOptions& options,
                             SeriesNotes& notes) {
  return ColumnChooser(table, options, notes).choose();
}

}  // namespace unroll::detail
