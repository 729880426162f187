#include "unroll/data/read_sequences.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "core/names.h"
#include "data/gzip.h"
#include "data/number.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {

namespace detail {
// One reader a format. Each fills `out`, whose source and target are set, and throws as
// read_sequences() does; options that are not its own are at their defaults.
void read_ts(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_csv(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_json_lines(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_labelled_text(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_conll(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_npy_file(const std::string& path, Sequences& out);
void read_npz_file(const std::string& path, Sequences& out);
}  // namespace detail

namespace {

using detail::LineReader;
using TextReaderFunction = void (*)(LineReader&, const SequenceReaderOptions&, Sequences&);
using FileReaderFunction = void (*)(const std::string&, Sequences&);

struct Format {
  std::string_view name;
  std::string_view description;  // for a file that is something else
  TextReaderFunction read_text;  // or
  FileReaderFunction read_file;
};

constexpr Format kFormats[] = {
    {"ts", "a .ts file (text)", detail::read_ts, nullptr},
    {"csv", "a CSV file (text)", detail::read_csv, nullptr},
    {"npy", "", nullptr, detail::read_npy_file},
    {"npz", "", nullptr, detail::read_npz_file},
    {"jsonl", "JSON lines (text)", detail::read_json_lines, nullptr},
    {"text", "labelled text", detail::read_labelled_text, nullptr},
    {"conll", "CoNLL columns (text)", detail::read_conll, nullptr},
    {"conllu", "CoNLL-U (text)", detail::read_conll, nullptr},
};

struct Ending {
  std::string_view ending, format;
};
constexpr Ending kEndings[] = {
    {".ts", "ts"},       {".csv", "csv"},     {".tsv", "csv"},      {".npy", "npy"},
    {".npz", "npz"},     {".jsonl", "jsonl"}, {".ndjson", "jsonl"}, {".txt", "text"},
    {".conll", "conll"}, {".bio", "conll"},   {".iob", "conll"},    {".conllu", "conllu"},
};

const Format& format_named(std::string_view name) {
  std::array<std::string_view, std::size(kFormats)> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kFormats[i].name;
  return kFormats[find_name("format", name, names)];
}

std::string_view without_gz(std::string_view path) {
  return detail::has_gzip_name(path) ? path.substr(0, path.size() - 3) : path;
}

bool has_ending(std::string_view path, std::string_view ending) {
  return path.size() >= ending.size() &&
         detail::equal_ignoring_case(path.substr(path.size() - ending.size()), ending);
}

// `from` receives what told it.
const Format& format_of(const std::string& path, const SequenceReaderOptions& options,
                        std::string& from) {
  from = "--format";
  if (!options.format.empty()) return format_named(options.format);
  for (const auto& [ending, format] : kEndings) {
    if (!has_ending(without_gz(path), ending)) continue;
    from = ending;
    const bool conll = ending == ".txt" && options.target == TargetKind::kStepLabel;
    return format_named(conll ? "conll" : format);
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw FileError(path + ": is a directory; name a file");
  }
  std::string known;
  for (const auto& row : kEndings) known += std::string(row.ending) + ' ';
  throw ValueError(path + ": its name does not say what format it has; wanted one of " + known +
                   "at its end, or the option format");
}

// Options that say nothing to the format.
void check_options(const SequenceReaderOptions& options, const Format& format) {
  const auto unused = [&](std::string_view option) {
    throw ValueError("the option " + std::string(option) + " says nothing about format " +
                     std::string(format.name));
  };
  if (!options.encoding.empty() && format.read_text == nullptr) unused("encoding");
  if (format.name != "csv") {
    if (options.header) unused("header");
    if (options.delimiter != 0) unused("delimiter");
    if (options.decimal != '.') unused("decimal");
    if (!options.missing_values.empty()) unused("missing_values");
    if (options.skip_rows != 0) unused("skip_rows");
    if (!options.layout.empty()) unused("layout");
    if (options.features_per_step != 1) unused("features_per_step");
    if (!options.id_column.empty()) unused("id_column");
    if (!options.time_column.empty()) unused("time_column");
    if (!options.target_columns.empty()) unused("target_columns");
    if (!options.ignored_columns.empty() && format.name != "jsonl") unused("ignored_columns");
  }
  if (options.level != Level::kWord && format.name != "text" && format.name != "jsonl") {
    unused("level");
  }
  const bool conll = format.name == "conll" || format.name == "conllu";
  if (!options.token_column.empty() && !conll) unused("token_column");
  if (!options.label_column.empty() && !conll && format.name != "text") unused("label_column");
  if (options.comment && !conll && format.name != "csv") unused("comment");
  if (options.features_per_step == 0) throw ValueError("features_per_step is 0; wanted at least 1");
  constexpr std::string_view kLayouts[] = {"wide", "long"};
  if (!options.layout.empty()) find_name("layout", options.layout, kLayouts);
  if (options.layout == "wide" && !options.time_column.empty()) {
    throw ValueError("the option time_column needs layout long, a row a step");
  }
  if (options.decimal != '.' && options.decimal != ',') {
    throw ValueError("decimal is " + quote({&options.decimal, 1}) + "; wanted . or ,");
  }
  const char delimiter = options.delimiter;
  if (delimiter != 0 && delimiter == options.decimal) {
    throw ValueError("delimiter and decimal are both " + quote({&delimiter, 1}));
  }
  if (delimiter == '"' || delimiter == '\n' || delimiter == '\r' ||
      static_cast<unsigned char>(delimiter) > 0x7E) {
    throw ValueError("the delimiter is " + quote({&delimiter, 1}) +
                     "; wanted one ASCII character that is no quote and no line end");
  }
}

}  // namespace

std::vector<std::string> sequence_formats() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

Sequences read_sequences(const std::string& path, const SequenceReaderOptions& options) {
  Sequences sequences;
  const Format& format = format_of(path, options, sequences.reading.format_from);
  check_options(options, format);
  sequences.reading.format = format.name;
  sequences.source = path;
  sequences.target = options.target;
  if (format.read_text != nullptr) {
    LineReader lines =
        detail::open_text(path, format.description, detail::parse_encoding(options.encoding));
    format.read_text(lines, options, sequences);
  } else {
    format.read_file(path, sequences);
  }
  if (sequences.size() == 0) throw FormatError(path + ": holds no sequence");
  return sequences;
}

namespace detail {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace detail
}  // namespace unroll
