#pragma once

#include <string>

#include "unroll/jobs/table.h"

namespace unroll::app {

enum class TableFormat { kCsv, kJsonLines };

// As CSV (RFC 4180, one header row) or as one JSON object a line. Numbers have as many digits as
// bring them back exactly; numbers that are not finite are missing.
std::string table_text(const Table& table, TableFormat format);

// `as`, "csv" or "jsonl", or, where it is empty, of a file's ending; CSV without either.
TableFormat table_format(const std::string& as, const std::string& path);

}  // namespace unroll::app
