#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// How the columns of a table were used; counted from 0.
struct TableColumns {
  std::size_t count = 0;
  std::vector<std::string> names = {};  // (count), or empty: the table has no header
  bool is_long = false;                 // a row a step, not a sequence
  bool nan_is_padding = false;          // wide: NaN at the end of a row is no step
  std::optional<std::size_t> id = {}, time = {};
  std::vector<std::size_t> targets = {};   // wanted
  std::vector<std::size_t> features = {};  // in the order of the model's inputs

  // "column 3 ('x')"
  std::string label(std::size_t column) const;
};

struct LeftOutColumn {
  std::string column;  // "column 3 ('x')"
  std::string reason;
};

// How a reader understood its file: to be said, and to read new files alike.
struct Reading {
  std::string format = {};                   // of sequence_formats()
  std::string format_from = {};              // what told it: "--format", or ".csv"
  std::optional<TableColumns> table = {};    // of csv
  std::vector<LeftOutColumn> left_out = {};  // of csv
  std::vector<std::string> notes = {};       // what else was decided, a sentence each
};

}  // namespace unroll

#pragma GCC visibility pop
