#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace unroll::app {

enum class TableFormat { kCsv, kJsonLines };

// A value of a table; an empty one is missing.
using Cell = std::variant<std::monostate, std::string, double, std::uint64_t>;

// Rows under names, as CSV (RFC 4180, one header row) or as one JSON object a line. Numbers have as
// many digits as bring them back exactly; numbers that are not finite are missing.
class Table {
 public:
  Table(TableFormat format, std::vector<std::string> names);
  // As many cells as there are names.
  void add(const std::vector<Cell>& cells);
  std::string text() && { return std::move(text_); }

 private:
  TableFormat format_;
  std::vector<std::string> names_;
  std::string text_;
};

// `as`, "csv" or "jsonl", or, where it is empty, of a file's ending; CSV without either.
TableFormat table_format(const std::string& as, const std::string& path);

}  // namespace unroll::app
