#include "output/table.h"

#include <csv.h>
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "support/json.h"

namespace unroll::app {
namespace {

void add_csv(std::string& text, const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    text += field;
    return;
  }
  std::string quoted(2 * field.size() + 2, '\0');
  quoted.resize(csv_write(quoted.data(), quoted.size(), field.data(), field.size()));
  text += quoted;
}

std::string plain(double number) { return std::isfinite(number) ? fmt::format("{}", number) : ""; }
std::string plain(std::uint64_t count) { return fmt::format("{}", count); }
const std::string& plain(const std::string& text) { return text; }

Json json(double number) { return std::isfinite(number) ? Json(number) : Json(); }
Json json(std::uint64_t count) { return count; }
Json json(const std::string& text) { return text; }

std::string csv_text(const Table& table) {
  std::string text;
  for (std::size_t c = 0; c < table.size(); ++c) {
    if (c > 0) text += ',';
    add_csv(text, table[c].name);
  }
  text += '\n';
  const std::size_t rows = table.front().rows();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < table.size(); ++c) {
      if (c > 0) text += ',';
      std::visit([&](const auto& values) { add_csv(text, plain(values[row])); }, table[c].values);
    }
    text += '\n';
  }
  return text;
}

std::string json_lines(const Table& table) {
  std::string text;
  const std::size_t rows = table.front().rows();
  for (std::size_t row = 0; row < rows; ++row) {
    Json object = Json::object();
    for (const TableColumn& column : table) {
      object[column.name] =
          std::visit([&](const auto& values) { return json(values[row]); }, column.values);
    }
    text += object.dump(-1, Json::Utf8::kReplace) + '\n';
  }
  return text;
}

}  // namespace

std::string table_text(const Table& table, TableFormat format) {
  return format == TableFormat::kCsv ? csv_text(table) : json_lines(table);
}

TableFormat table_format(const std::string& as, const std::string& path) {
  const auto ends = [&](const char* ending) { return path.ends_with(ending); };
  const bool lines = as.empty() ? ends(".jsonl") || ends(".ndjson") : as == "jsonl";
  return lines ? TableFormat::kJsonLines : TableFormat::kCsv;
}

}  // namespace unroll::app
