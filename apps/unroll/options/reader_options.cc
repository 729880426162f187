#include "options/reader_options.h"

#include <fmt/format.h>

#include "options/initial_state.h"
#include "options/lists.h"
#include "options/option_specs.h"
#include "options/threads.h"

namespace unroll::app {

std::vector<OptionSpec> reader_table() {
  const char* group = "Files";
  std::vector<OptionSpec> table = {
      choice_option("format", group, "", {}, sequence_formats()),
      choice_option("encoding", group,
                    "of texts: utf-8 when not given, latin-1 (Windows' code page 1252) or utf-16",
                    {}, {"utf-8", "latin-1", "utf-16"}),
      choice_option("header", group,
                    "csv: whether the first row has names; detected when not given", {},
                    {"yes", "no", "detect"}),
      text_option(
          "delimiter", group,
          "csv: between cells: , ; | or tab, detected when not given; space: any white space",
          "CHAR"),
      choice_option("decimal", group, "csv: what stands before the decimals: . or ,", {},
                    {".", ","}),
      text_option("missing_values", group,
                  "csv: what stands for a missing value beside an empty cell, NA, ? and NaN, with "
                  "commas between, such as null,-200",
                  "TEXTS"),
      count_option("skip_rows", group, "csv: lines to pass over before the table", {}, 0, 1e9),
      text_option("comment", group, "csv, conll: lines that begin so are left out", "TEXT"),
      choice_option("layout", group,
                    "csv: wide, a row a sequence; long, a row a step; detected when not given", {},
                    {"wide", "long"}),
      count_option("features_per_step", group, "csv, wide: cells that make a step", {}, 1, 1 << 20),
      text_option("id", group, "csv, long: column that rows of one sequence share", "COLUMN"),
      text_option("time", group, "csv, long: column that rises within a sequence", "COLUMN"),
      text_option("target", group,
                  "csv: column of the label, or of the numbers: names, or numbers from 1, with "
                  "commas between",
                  "COLUMNS"),
      text_option("ignore", group, "csv: columns, jsonl: keys, to leave out", "COLUMNS"),
      text_option("token_column", group,
                  "conll: column of the tokens, a number from 1, of CoNLL-U its name too",
                  "COLUMN"),
      text_option("label_column", group,
                  "conll: column of the labels; text: 1, or 2 for text<TAB>label", "COLUMN"),
      choice_option("level", group, "text: a step is a word or a char", {}, {"word", "char"})};
  table[0].help = fmt::format("of the files: {}; from the ending of the name when not given",
                              fmt::join(sequence_formats(), ", "));
  return table;
}

std::vector<OptionSpec> eval_table() {
  std::vector<OptionSpec> table = reader_table();
  append(table, {time_format_option("")});
  for (OptionSpec& spec : table) {
    spec.group = "Files, where they differ from those of the training";
  }
  append(table, {used_initial_state_option(), threads_option("Run")});
  return table;
}

SequenceReaderOptions reader_options(const Options& options, SequenceReaderOptions reader) {
  const auto text = [&](const char* name, std::string& to) {
    if (options.has(name)) to = options.text(name);
  };
  text("format", reader.format);
  text("encoding", reader.encoding);
  if (options.has("header")) {
    reader.header.reset();
    if (options.text("header") != "detect") reader.header = options.text("header") == "yes";
  }
  if (options.has("delimiter")) {
    const std::string& given = options.text("delimiter");
    const std::string delimiter = given == "tab" || given == "\\t" ? "\t"
                                  : given == "space"               ? " "
                                                                   : given;
    if (delimiter.size() != 1) options.fail("delimiter", "wants one character, tab or space");
    reader.delimiter = delimiter[0];
  }
  if (options.has("decimal")) reader.decimal = options.text("decimal")[0];
  if (options.has("missing_values")) {
    reader.missing_values = list_of(options.text("missing_values"));
  }
  if (options.has("skip_rows")) reader.skip_rows = options.size("skip_rows");
  if (options.has("comment")) reader.comment = options.text("comment");
  text("layout", reader.layout);
  if (options.has("features_per_step")) {
    reader.features_per_step = options.size("features_per_step");
  }
  text("id", reader.id_column);
  text("time", reader.time_column);
  if (options.has("target")) reader.target_columns = list_of(options.text("target"));
  if (options.has("ignore")) reader.ignored_columns = list_of(options.text("ignore"));
  text("token_column", reader.token_column);
  text("label_column", reader.label_column);
  if (options.has("level")) reader.level = parse_level(options.text("level"));
  return reader;
}

}  // namespace unroll::app
