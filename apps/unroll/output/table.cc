#include "output/table.h"

#include <csv.h>
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "io/json.h"

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

std::string plain(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* count = std::get_if<std::uint64_t>(&cell)) return fmt::format("{}", *count);
  const auto* number = std::get_if<double>(&cell);
  return number == nullptr || !std::isfinite(*number) ? "" : fmt::format("{}", *number);
}

Json json(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* count = std::get_if<std::uint64_t>(&cell)) return *count;
  const auto* number = std::get_if<double>(&cell);
  if (number == nullptr || !std::isfinite(*number)) return nullptr;
  return *number;
}

}  // namespace

Table::Table(TableFormat format, std::vector<std::string> names)
    : format_(format), names_(std::move(names)) {
  if (format_ != TableFormat::kCsv) return;
  for (const std::string& name : names_) {
    if (!text_.empty()) text_ += ',';
    add_csv(text_, name);
  }
  text_ += '\n';
}

void Table::add(const std::vector<Cell>& cells) {
  if (format_ == TableFormat::kCsv) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text_ += ',';
      add_csv(text_, plain(cells[i]));
    }
  } else {
    Json object = Json::object();
    for (std::size_t i = 0; i < cells.size(); ++i) object[names_[i]] = json(cells[i]);
    text_ += object.dump(-1, Json::Utf8::kReplace);
  }
  text_ += '\n';
}

TableFormat table_format(const std::string& as, const std::string& path) {
  const auto ends = [&](const char* ending) { return path.ends_with(ending); };
  const bool lines = as.empty() ? ends(".jsonl") || ends(".ndjson") : as == "jsonl";
  return lines ? TableFormat::kJsonLines : TableFormat::kCsv;
}

}  // namespace unroll::app
