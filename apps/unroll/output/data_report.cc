#include "output/data_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "output/progress.h"
#include "support/quote.h"

namespace unroll::app {
namespace {

constexpr std::size_t kShown = 6;  // names of a list
constexpr std::size_t kShownLabels = 1000;

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", thousands(count), noun, count == 1 ? "" : "s");
}

// The first items, joined by ", ".
std::string listed(std::size_t count, const auto& item) {
  std::string text;
  for (std::size_t i = 0; i < std::min(count, kShown); ++i) {
    text += (i > 0 ? ", " : "") + item(i);
  }
  return count > kShown ? fmt::format("{}, … ({} in all)", text, thousands(count)) : text;
}

std::string steps_text(const DataSummary& data) {
  if (data.shortest == data.longest) return counted(data.longest, "step");
  return fmt::format("{} to {} steps (median {})", thousands(data.shortest),
                     thousands(data.longest), thousands(data.median));
}

std::string features_text(const DataSummary& data) {
  if (data.features == 0) return counted(data.steps, "token");
  std::string text = counted(data.features, "feature");
  if (data.feature_names.empty()) return text;
  const auto name = [&](std::size_t i) { return printable(data.feature_names[i]); };
  return text + " (" + listed(data.feature_names.size(), name) + ")";
}

std::string target_text(const DataSummary& data) {
  const std::string column = data.target_column.empty() ? "" : " of " + data.target_column;
  if (is_label(data.target)) {
    const auto label = [&](std::size_t i) {
      return fmt::format("{} ({})", printable(data.labels[i].first),
                         thousands(data.labels[i].second));
    };
    return fmt::format("; labels{}: {}", column, listed(data.labels.size(), label));
  }
  if (!is_value(data.target)) return "";
  const auto range = [&](std::size_t i) {
    const NumberRange& r = data.targets[i];
    return fmt::format("{}{:.6g} to {:.6g} (mean {:.6g})",
                       r.name.empty() ? "" : printable(r.name) + " ", r.least, r.most, r.mean);
  };
  return fmt::format("; target{}: {}", column, listed(data.targets.size(), range));
}

std::string missing_text(const DataSummary& data, const std::string& missing) {
  if (data.features == 0) return "";
  if (data.missing_values == 0) return "; no missing value";
  return fmt::format("; {}: {}", counted(data.missing_values, "missing value"), missing);
}

std::string table_text(const DataSummary& data) {
  const auto& table = data.reading.table;
  if (!table) return "";
  std::string text =
      fmt::format(", {}, header {}", table->is_long ? "a row a step" : "a row a sequence",
                  table->names.empty() ? "no" : "yes");
  if (table->id) text += ", id " + table->label(*table->id);
  if (table->time) text += ", time " + table->label(*table->time);
  return text;
}

std::string left_out_text(const DataSummary& data) {
  const auto& left_out = data.reading.left_out;
  if (left_out.empty()) return "";
  const auto column = [&](std::size_t i) {
    return left_out[i].column + " (" + left_out[i].reason + ")";
  };
  return "; left out: " + listed(left_out.size(), column);
}

Json table_json(const TableColumns& table) {
  Json json = {{"layout", table.is_long ? "long" : "wide"}, {"header", !table.names.empty()}};
  json["id"] = table.id ? Json(table.label(*table.id)) : Json();
  json["time"] = table.time ? Json(table.label(*table.time)) : Json();
  return json;
}

}  // namespace

std::string data_text(const DataSummary& data, const std::string& missing) {
  const std::string start = "unroll: read " + data.source + ": ";
  std::string text = start + fmt::format("{} of {}, {}{}\n", counted(data.sequences, "sequence"),
                                         steps_text(data), features_text(data), target_text(data));
  text += start + fmt::format("{} ({}){}{}{}", data.reading.format, data.reading.format_from,
                              table_text(data), left_out_text(data), missing_text(data, missing));
  for (const std::string& note : data.reading.notes) text += "; " + note;
  return text + "\n";
}

Json data_json(const DataSummary& data, const std::string& missing) {
  Json json = {{"file", data.source},
               {"format", data.reading.format},
               {"format_from", data.reading.format_from},
               {"sequences", data.sequences},
               {"steps", data.steps},
               {"steps_least", data.shortest},
               {"steps_median", data.median},
               {"steps_most", data.longest},
               {"features", data.features},
               {"feature_names", data.feature_names},
               {"missing_values", data.missing_values},
               {"missing", missing}};
  if (!data.target_column.empty()) json["target"] = data.target_column;
  if (is_label(data.target)) {
    Json& labels = json["labels"] = Json::object();
    for (std::size_t i = 0; i < std::min(data.labels.size(), kShownLabels); ++i) {
      labels[data.labels[i].first] = data.labels[i].second;
    }
    json["label_count"] = data.labels.size();
  }
  if (is_value(data.target)) {
    Json& targets = json["targets"] = Json::array();
    for (const NumberRange& r : data.targets) {
      targets.push_back({{"name", r.name}, {"least", r.least}, {"mean", r.mean}, {"most", r.most}});
    }
  }
  if (data.reading.table) json["table"] = table_json(*data.reading.table);
  Json& left_out = json["left_out"] = Json::array();
  for (const LeftOutColumn& column : data.reading.left_out) {
    left_out.push_back({{"column", column.column}, {"reason", column.reason}});
  }
  if (!data.reading.notes.empty()) json["notes"] = data.reading.notes;
  return json;
}

void DataReport::add(const std::string& name, const DataSummary& data, const std::string& missing) {
  text_ += data_text(data, missing);
  json_[name] = data_json(data, missing);
}

}  // namespace unroll::app
