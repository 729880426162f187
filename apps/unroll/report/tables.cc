#include "report/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "output/progress.h"
#include "report/curves.h"
#include "report/sample_rows.h"
#include "unroll/core/error.h"

namespace unroll::app::report {
namespace {

constexpr std::pair<const char*, const char*> kData[] = {
    {"train_", "training"}, {"valid_", "validation"}, {"test_", "test"}};
constexpr const char* kNoNumber = "–";

std::string table_number(const PageData& value) {
  if (value.is_null()) return kNoNumber;
  if (value.is_number_unsigned()) return thousands(value.get<std::uint64_t>());
  if (!value.is_number()) return value.is_string() ? value.get<std::string>() : value.dump();
  const double x = value.get<double>();
  const double size = std::abs(x);
  if (size >= 1e9 || (size > 0 && size < 1e-3)) return fmt::format("{:.4g}", x);
  return size < 1000 ? fmt::format("{:.4f}", x) : fmt::format("{:.1f}", x);
}

PageData row(const std::string& name, const std::string& value) {
  return {{"name", name}, {"value", value}};
}

// The rows of speed_table(): keys of the result that are no figures of its quality.
bool is_about_speed(const RunRecord& run, const std::string& key) {
  const std::string items = run.items();
  for (const char* name : {"epochs", "seconds", "parameters", "peak_memory_bytes", "model"}) {
    if (key == name) return true;
  }
  return !items.empty() && (key == items || key == items + "_per_second");
}

double sum(const RunRecord& run, const std::string& key) {
  double total = 0;
  for (const auto& record : run.log) {
    if (record.contains(key) && record[key].is_number()) total += record[key].get<double>();
  }
  return total;
}

// A cell of predictions.csv; numbers with fewer digits than bring them back exactly.
std::string sample_cell(const PredictionFile& p, std::size_t row, std::size_t column) {
  constexpr std::size_t kLong = 9;
  std::string text(p.cell(row, column));
  const bool value = p.kind() == PredictionFile::Kind::kLabels ? column > p.label_column() + 1
                                                               : column >= p.quantities()[0].truth;
  if (!value || text.size() < kLong || !std::isfinite(p.number(row, column))) return text;
  return fmt::format("{:.6g}", p.number(row, column));
}

}  // namespace

std::string judged_by(const PageData& result) {
  for (const auto& [key, value] : result.members()) {
    if (key.starts_with("test_") && !value.is_null()) return "test_";
  }
  return "valid_";
}

PageData results_table(const RunRecord& run) {
  const PageData& result = *run.result;
  std::vector<std::string> names;
  std::vector<std::pair<const char*, const char*>> columns;
  PageData others = PageData::array();
  for (const auto& [prefix, title] : kData) {
    bool used = false;
    for (const auto& [key, value] : result.members()) {
      if (!key.starts_with(prefix) || value.is_structured() || value.is_null()) continue;
      used = true;
      const std::string name = key.substr(std::string(prefix).size());
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (used) columns.emplace_back(prefix, title);
  }
  for (const auto& [key, value] : result.members()) {
    const std::string& name = key;
    const bool of_data = std::any_of(std::begin(kData), std::end(kData), [&](const auto& data) {
      return name.starts_with(data.first);
    });
    if (of_data || value.is_structured() || is_about_speed(run, key)) continue;
    others.push_back(row(figure_name(key), table_number(value)));
  }
  PageData table = {{"columns", PageData::array()}, {"rows", PageData::array()}};
  for (const auto& [prefix, title] : columns) table["columns"].push_back(title);
  for (const std::string& name : names) {
    PageData cells = PageData::array();
    for (const auto& [prefix, title] : columns) {
      cells.push_back(table_number(result.value(prefix + name, PageData())));
    }
    table["rows"].push_back({{"name", figure_name(name)}, {"cells", cells}});
  }
  table["others"] = others;
  table["has_rows"] = !names.empty();
  table["has_others"] = !others.empty();
  return table;
}

PageData speed_table(const RunRecord& run) {
  PageData rows = PageData::array();
  const std::string items = run.items();
  const double seconds = sum(run, "seconds");
  const double count = items.empty() ? 0 : sum(run, items);
  rows.push_back(row("Epochs", thousands(run.log.size())));
  if (!items.empty()) {
    rows.push_back(row(figure_name(items), thousands(static_cast<std::uint64_t>(count))));
    rows.push_back(row("Time of training", fmt::format("{:.1f} s", seconds)));
    if (seconds > 0) {
      rows.push_back(row(figure_name(items) + " per second",
                         thousands(static_cast<std::uint64_t>(count / seconds))));
    }
  }
  if (!run.result) return rows;
  const PageData& result = *run.result;
  const auto number = [&](const char* key) { return result.value(key, PageData()); };
  if (number("seconds").is_number()) {
    rows.push_back(
        row("Time of the command", fmt::format("{:.1f} s", number("seconds").get<double>())));
  }
  if (number("peak_memory_bytes").is_number()) {
    rows.push_back(row("Memory at the most",
                       fmt::format("{:.0f} MB", number("peak_memory_bytes").get<double>() / 1e6)));
  }
  if (number("parameters").is_number()) {
    rows.push_back(row("Parameters", table_number(number("parameters"))));
  }
  return rows;
}

PageData configuration_table(const RunRecord& run) {
  PageData groups = PageData::array();
  for (const SettingGroup& group : run.configuration) {
    PageData settings = PageData::array();
    for (const Setting& setting : group.settings) {
      settings.push_back(row(setting.name, setting.value));
    }
    groups.push_back(
        {{"name", group.name.empty() ? "Settings" : group.name}, {"settings", settings}});
  }
  return groups;
}

PageData sample_table(const PredictionFile& predictions) {
  const SampleRows sample = sample_rows(predictions);
  PageData table = {{"caption", sample.caption}, {"columns", predictions.names()}};
  if (predictions.is_cut()) {
    table["caption"] = fmt::format("Of the first {} rows of predictions.csv: {}",
                                   thousands(PredictionFile::kMaxRows), sample.caption);
  }
  PageData rows = PageData::array();
  for (const std::size_t r : sample.rows) {
    PageData cells = PageData::array();
    for (std::size_t c = 0; c < predictions.names().size(); ++c) {
      cells.push_back(sample_cell(predictions, r, c));
    }
    const bool wrong =
        predictions.kind() == PredictionFile::Kind::kLabels && predictions.is_wrong(r);
    rows.push_back({{"wrong", wrong}, {"cells", cells}});
  }
  table["rows"] = rows;
  return table;
}

}  // namespace unroll::app::report
