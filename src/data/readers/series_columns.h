#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/readers/csv_table.h"
#include "unroll/data/series.h"

namespace unroll::detail {

// A column as it is read: of numbers, or of texts alone.
struct SeriesColumn {
  std::size_t index = 0;  // in the table
  std::string name = {};
  bool is_named = false;  // by the file
  bool is_asked = false;  // by the options: only numbers will do
  bool is_id = false;     // by its name: numbers and texts alike

  std::vector<double> values = {};  // (T); NaN where missing; of texts, -1, -2, … for each new one
  std::size_t numbers = 0, texts = 0;
  std::unordered_map<std::string, double> codes = {};  // of texts
  bool are_clocks = true;                              // the texts
  bool are_dates = true;                               // the texts
  std::string no_number = {};                          // what is wrong with the first text

  void read(const CsvTable& table);
  bool is_text() const { return texts > 0; }
  std::size_t distinct() const;
};

bool is_id_name(std::string_view name);

// The name by which messages and models know a column.
std::string series_column_name(const CsvTable& table, std::size_t column);

// Takes those out of `columns` that are not values, as SeriesReaderOptions says, and notes them.
// Throws FormatError where rows are series, where a column tells several series apart, and where
// nothing is left.
void leave_out_columns(const std::string& file, bool has_times, std::vector<SeriesColumn>& columns,
                       SeriesNotes& notes);

// Whether a column may be a part of the times, by its texts or its name.
bool is_part_of_times(const SeriesColumn& column);

// "'store' and 'item' (4 combinations)" where these tell several series apart, each of which has a
// time once; empty where there are none such.
std::string ids_of_panel(std::span<const SeriesColumn> columns, std::span<const std::string> times);

// Throws the FormatError that says what to do with several series in one file.
[[noreturn]] void refuse_panel(const std::string& file, const std::string& what);

}  // namespace unroll::detail
