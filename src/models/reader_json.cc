#include "models/reader_json.h"

#include <algorithm>
#include <set>

#include "models/model_file.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

Json json_of(const TableColumns& columns) {
  return {{"count", columns.count},     {"names", columns.names},
          {"is_long", columns.is_long}, {"nan_is_padding", columns.nan_is_padding},
          {"id", columns.id},           {"time", columns.time},
          {"targets", columns.targets}, {"features", columns.features}};
}

std::optional<std::size_t> optional_size(const Json& json, const char* name) {
  if (json.at(name).is_null()) return std::nullopt;
  return size_member(json, name);
}

// That every column is there, and used once.
void check(const TableColumns& columns) {
  std::vector<std::size_t> used = columns.features;
  used.insert(used.end(), columns.targets.begin(), columns.targets.end());
  if (columns.id) used.push_back(*columns.id);
  if (columns.time) used.push_back(*columns.time);
  const std::set<std::size_t> different(used.begin(), used.end());
  const bool fits = different.size() == used.size() &&
                    (used.empty() || *different.rbegin() < columns.count) &&
                    (columns.names.empty() || columns.names.size() == columns.count);
  if (!fits) throw ValueError("the columns of the training table do not fit together");
}

TableColumns columns_of(const Json& json) {
  TableColumns columns;
  columns.count = size_member(json, "count");
  json.at("names").get_to(columns.names);
  json.at("is_long").get_to(columns.is_long);
  json.at("nan_is_padding").get_to(columns.nan_is_padding);
  columns.id = optional_size(json, "id"), columns.time = optional_size(json, "time");
  json.at("targets").get_to(columns.targets);
  json.at("features").get_to(columns.features);
  check(columns);
  return columns;
}

}  // namespace

Json reader_json(const SequenceReaderOptions& reader) {
  Json json = {{"format", reader.format},
               {"header", reader.header ? Json(*reader.header) : Json()},
               {"delimiter", reader.delimiter == 0 ? "" : std::string(1, reader.delimiter)},
               {"layout", reader.layout},
               {"features_per_step", reader.features_per_step},
               {"id_column", reader.id_column},
               {"time_column", reader.time_column},
               {"target_columns", reader.target_columns},
               {"ignored_columns", reader.ignored_columns},
               {"level", level_name(reader.level)},
               {"decimal", std::string(1, reader.decimal)},
               {"missing_values", reader.missing_values},
               {"skip_rows", reader.skip_rows},
               {"comment", reader.comment ? Json(*reader.comment) : Json()},
               {"encoding", reader.encoding},
               {"token_column", reader.token_column},
               {"label_column", reader.label_column}};
  json["trained"] = reader.trained ? json_of(*reader.trained) : Json();
  return json;
}

SequenceReaderOptions reader_of(const Json& json) {
  SequenceReaderOptions reader;
  json.at("format").get_to(reader.format);
  if (!json.at("header").is_null()) reader.header = json.at("header").get<bool>();
  const std::string delimiter = json.at("delimiter").get<std::string>();
  if (delimiter.size() > 1) {
    throw ValueError("the delimiter is " + quote(delimiter) + "; wanted one character, or none");
  }
  reader.delimiter = delimiter.empty() ? '\0' : delimiter[0];
  json.at("layout").get_to(reader.layout);
  reader.features_per_step = size_member(json, "features_per_step");
  json.at("id_column").get_to(reader.id_column);
  json.at("time_column").get_to(reader.time_column);
  json.at("target_columns").get_to(reader.target_columns);
  json.at("ignored_columns").get_to(reader.ignored_columns);
  reader.level = parse_level(json.at("level").get<std::string>());
  reader.decimal = json.value("decimal", std::string(".")) == "," ? ',' : '.';
  reader.missing_values = json.value("missing_values", std::vector<std::string>());
  if (const Json* comment = json.find("comment"); comment != nullptr && !comment->is_null()) {
    reader.comment = comment->get<std::string>();
  }
  reader.encoding = json.value("encoding", std::string());
  reader.token_column = json.value("token_column", std::string());
  reader.label_column = json.value("label_column", std::string());
  if (json.contains("skip_rows")) reader.skip_rows = size_member(json, "skip_rows");
  if (const Json* trained = json.find("trained"); trained != nullptr && !trained->is_null()) {
    reader.trained = columns_of(*trained);
  }
  return reader;
}

}  // namespace unroll
