#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "unroll/data/series.h"

#pragma GCC visibility push(default)

namespace unroll {

// What was read of a series, to be said.
struct SeriesSummary {
  struct Column {
    std::string name;
    double least = 0, mean = 0, most = 0;  // of the values that are there; NaN where there are none
    std::size_t missing = 0;
    bool rises_evenly = false;  // always by the same, as times and numbers of rows do
  };
  std::string file = {};
  SeriesNotes notes = {};
  std::size_t steps = 0;
  std::vector<Column> columns = {};
  std::string time_name = {}, time_format = {};  // empty: no times, times are numbers
  std::string first = {}, last = {};             // times
  std::string step = {};                         // "daily, Monday to Friday"; empty: not known
  // Steps that the file lacks between its first and its last one, and the first of them. Those that
  // were inserted are not counted.
  std::size_t absent = 0;
  std::string first_absent = {};
};

SeriesSummary summarize(const Series& series);

}  // namespace unroll

#pragma GCC visibility pop
