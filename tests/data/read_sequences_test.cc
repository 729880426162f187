#include "unroll/data/read_sequences.h"

#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using namespace std::string_literals;

// A small file of each format that is text.
struct Sample {
  std::string format, text;
};
const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = {
      {"ts", "@data\n1,2\n"}, {"csv", "1,2\n"},        {"jsonl", "{\"x\":[1,2]}\n"},
      {"text", "a b\n"},      {"conll", "a X\nb Y\n"},
  };
  return all;
}

TEST(ReadSequences, TheNameTellsTheFormat) {
  const std::pair<std::string, std::string> endings[] = {
      {".ts", "ts"},        {".csv", "csv"},  {".tsv", "csv"},     {".jsonl", "jsonl"},
      {".ndjson", "jsonl"}, {".txt", "text"}, {".conll", "conll"}, {".bio", "conll"},
      {".iob", "conll"},    {".CSV", "csv"},
  };
  for (const Sample& sample : samples()) {
    for (const auto& [ending, format] : endings) {
      if (format != sample.format) continue;
      EXPECT_EQ(read_text("a" + ending, sample.text).steps(), 2u) << ending;
      EXPECT_EQ(read_text("a" + ending + ".gz", gzip(sample.text)).steps(), 2u) << ending;
    }
    EXPECT_EQ(read_text("a.dat", sample.text, {.format = sample.format}).steps(), 2u);
    EXPECT_EQ(read_text("a.csv", sample.text, {.format = sample.format}).steps(), 2u);
  }
  EXPECT_EQ(sequence_formats(), (std::vector<std::string>{"ts", "csv", "npy", "npz", "jsonl",
                                                          "text", "conll", "conllu"}));
  EXPECT_EQ(
      refusal<ValueError>("a.dat", "1\n"),
      "a.dat: its name does not say what format it has; wanted one of .ts .csv .tsv .npy .npz "
      ".jsonl .ndjson .txt .conll .bio .iob .conllu at its end, or the option format");
  EXPECT_TRUE(contains(refusal<ValueError>("a.dat", "1\n", {.format = "json"}),
                       "unknown format 'json'; did you mean 'jsonl'?"));
}

TEST(ReadSequences, RefusesFilesOfAnotherKind) {
  const std::pair<std::string, std::string> kinds[] = {
      {gzip("1,2\n"), "looks like gzip (name it *.gz), wanted "},
      {"PK\x03\x04zip", "looks like a zip archive, such as .npz or .xlsx, wanted "},
      {"\x93NUMPY\x01\0"s, "looks like a NumPy array (.npy), wanted "},
      {"\x40\0\0\0\0\0\0\0{\"a\":"s, "looks like safetensors, wanted "},
      {"\x89HDF\r\n\x1A\n", "looks like HDF5, wanted "},
      {"PAR1....", "looks like Parquet, wanted "},
      {"\xFF\xFE"
       "1\0"s,
       "looks like UTF-16 text (of sequences say --encoding utf-16; or convert it: iconv -f UTF-16 "
       "-t UTF-8), wanted "},
      {"%PDF-1.4", "looks like PDF, wanted "},
      {"12\0\0"s, "line 1, column 3: a NUL byte: this is a binary file, wanted text"},
      {"\xE9t\xE9\n", "line 1, column 1: not UTF-8: e9 is"},
  };
  for (const Sample& sample : samples()) {
    for (const auto& [bytes, message] : kinds) {
      const std::string got = refusal("a.x", bytes, {.format = sample.format});
      EXPECT_TRUE(contains(got, "a.x: " + message)) << got;
      const std::string unzipped = refusal("a.x.gz", gzip(bytes), {.format = sample.format});
      EXPECT_TRUE(contains(unzipped, "a.x.gz: " + message)) << unzipped;
    }
    EXPECT_TRUE(contains(refusal("a.x.gz", sample.text, {.format = sample.format}),
                         "a.x.gz: has a name that ends in .gz, but is not compressed by gzip"));
    const std::string cut = gzip(sample.text).substr(0, 15);
    EXPECT_TRUE(contains(refusal("a.x.gz", cut, {.format = sample.format}), "damaged gzip"));
  }
}

TEST(ReadSequences, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  for (const std::string& format : sequence_formats()) {
    const SequenceReaderOptions options{.format = format};
    EXPECT_EQ(message_of<FileError>([&] { read_sequences(folder.file("none"), options); }),
              folder.file("none") + ": cannot be opened: No such file or directory");
    EXPECT_THROW(read_sequences(folder.path(), options), FileError);
  }
}

TEST(ReadSequences, RefusesOptionsThatSayNothing) {
  const std::pair<SequenceReaderOptions, std::string> cases[] = {
      {{.header = true}, "header"},
      {{.delimiter = ','}, "delimiter"},
      {{.layout = "long"}, "layout"},
      {{.features_per_step = 2}, "features_per_step"},
      {{.id_column = "a"}, "id_column"},
      {{.time_column = "a"}, "time_column"},
      {{.target_columns = {"a"}}, "target_columns"},
      {{.ignored_columns = {"a"}}, "ignored_columns"},
      {{.decimal = ','}, "decimal"},
      {{.missing_values = {"null"}}, "missing_values"},
      {{.skip_rows = 1}, "skip_rows"},
      {{.comment = "#"}, "comment"},
      {{.token_column = "2"}, "token_column"},
      {{.label_column = "2"}, "label_column"},
      {{.level = Level::kCharacter}, "level"},
  };
  for (const auto& [options, name] : cases) {
    EXPECT_EQ(refusal<ValueError>("a.ts", "@data\n1\n", options),
              "the option " + name + " says nothing about format ts");
  }
}

}  // namespace
}  // namespace unroll
