#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
using Begins = std::vector<std::size_t>;
const SequenceReaderOptions kLabels{.target = TargetKind::kLabel};

TEST(CsvWide, ReadsARowASequence) {
  const Sequences s = read_text("a.csv", "t0,t1,t2,label\n1,2.5,-3e1,up\n4,5,6, down \n", kLabels);
  EXPECT_EQ(s.begin, (Begins{0, 3, 6}));
  EXPECT_EQ(s.features, 1u);
  expect_values(s.values, {1, 2.5, -30, 4, 5, 6});
  EXPECT_EQ(s.labels, (Names{"up", "down"}));
  EXPECT_TRUE(s.ids.empty());
  EXPECT_TRUE(s.feature_names.empty());
}

TEST(CsvWide, ReadsQuotedCellsAndAnyLineEnds) {
  const Sequences s = read_text("a.csv",
                                "\"a,b\",\"c \"\"d\"\"\",\"the\nlabel\"\r\n"
                                "\r\n"
                                "\"1\", 2 ,\"two, \"\"lines\"\"\nof it\"\r\n"
                                " \"3\" ,4,x",
                                kLabels);
  expect_values(s.values, {1, 2, 3, 4});
  EXPECT_EQ(s.labels, (Names{"two, \"lines\"\nof it", "x"}));
}

TEST(CsvWide, EmptyCellsAtTheEndAreNoSteps) {
  const Sequences s = read_text("a.csv", "1,,3,,,a\n1,NA,NaN,?,nan,b\n,,,,,c\n", kLabels);
  EXPECT_EQ(s.begin, (Begins{0, 3, 8, 8}));
  expect_values(s.values, {1, kNan, 3, 1, kNan, kNan, kNan, kNan});
  EXPECT_EQ(s.labels, (Names{"a", "b", "c"}));
  const Sequences pairs =
      read_text("a.csv", "1,2,3,,,,a\n", {.target = TargetKind::kLabel, .features_per_step = 2});
  EXPECT_EQ(pairs.begin, (Begins{0, 2}));
  EXPECT_EQ(pairs.features, 2u);
  expect_values(pairs.values, {1, 2, 3, kNan});
}

TEST(CsvWide, FindsTheTarget) {
  const struct {
    std::string text;
    SequenceReaderOptions options;
    Names labels;
    std::vector<double> values, targets;
  } cases[] = {
      {"1,2,a\n", kLabels, {"a"}, {1, 2}, {}},
      {"Class,p,q\na,1,2\n", kLabels, {"a"}, {1, 2}, {}},
      {"p,Y,q\n1,a,2\n", kLabels, {"a"}, {1, 2}, {}},
      {"x,y,z\n1,2,3\n", kLabels, {"3"}, {1, 2}, {}},
      {"target,label,p\n1,a,2\n", kLabels, {"a"}, {1, 2}, {}},
      {"a,1,2\n", {.target = TargetKind::kLabel, .target_columns = {"1"}}, {"a"}, {1, 2}, {}},
      {"k,p,label\na,1,2\n",
       {.target = TargetKind::kLabel, .target_columns = {"k"}, .ignored_columns = {"label"}},
       {"a"},
       {1},
       {}},
      {"p,q,r\n1,2,3\n",
       {.target = TargetKind::kValue, .target_columns = {"r", "1"}},
       {},
       {2},
       {3, 1}},
      {"p,q,r\n1,2,3\n", {.target = TargetKind::kValue}, {}, {1, 2}, {3}},
      // Nobody wants it: left out where it says what it is.
      {"p,label\n1,a\n", {}, {}, {1}, {}},
      {"x,y,z\n1,2,3\n", {}, {}, {1, 2, 3}, {}},
      {"1,2,3\n", {}, {}, {1, 2, 3}, {}},
      {"1,2,a\n", {.target_columns = {"3"}}, {}, {1, 2}, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Sequences s = read_text("a.csv", c.text, c.options);
    EXPECT_EQ(s.labels, c.labels);
    expect_values(s.values, c.values);
    expect_values(s.targets, c.targets);
    EXPECT_EQ(s.target_width, c.targets.size());
  }
  const Sequences named = read_text("a.csv", "p,q,r\n1,2,3\n",
                                    {.target = TargetKind::kValue, .target_columns = {"r", "p"}});
  EXPECT_EQ(named.target_names, (Names{"r", "p"}));
}

TEST(CsvWide, DetectsTheHeader) {
  const struct {
    std::string text;
    SequenceReaderOptions options;
    std::size_t size;
  } cases[] = {
      {"1,2,a\n3,4,b\n", kLabels, 2},
      {"p,q,a\n3,4,b\n", kLabels, 1},
      {"0,1,label\n3,4,b\n", kLabels, 1},
      {"0,1,LABEL\n3,4,b\n", kLabels, 1},
      {",,a\n3,4,b\n", kLabels, 2},
      {"NA,?,a\n3,4,b\n", kLabels, 2},
      {"p,1,a\n3,4,b\n", kLabels, 1},
      {"1,2\n3,4\n", {}, 2},
      {"1,2\n3,4\n", {.header = true}, 1},
      {"a,b\n3,4\n", {}, 1},
      {"1,2\n3,4\n", {.ignored_columns = {"1"}}, 2},
      {"1,2\n3,4\n", {.ignored_columns = {"1"}, .level = Level::kWord}, 2},
      {"a,2\n3,4\n", {.ignored_columns = {"1"}}, 2},
      {"a,b\n3,4\n", {.ignored_columns = {"1"}}, 1},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(read_text("a.csv", c.text, c.options).size(), c.size) << c.text;
  }
}

TEST(CsvWide, DetectsTheDelimiter) {
  const struct {
    std::string text;
    std::size_t steps;
  } cases[] = {
      {"1,2,3\n", 3},          {"1;2;3\n", 3},      {"1\t2\t3\n", 3},
      {"1|2|3\n", 3},          {"\"1\",2\n", 2},    {"\"a,,,b\";c\n1;2\n", 2},
      {"a;b,c;d\n1;2;3\n", 3}, {"a,b;c\n1,2\n", 2}, {"1\n", 1},
      {"\t1\t2\n", 3},
  };
  for (const auto& [text, steps] : cases)
    EXPECT_EQ(read_text("a.csv", text).steps(), steps) << text;
  EXPECT_EQ(read_text("a.tsv", "1\t2\n3\t\n\t\n").begin, (Begins{0, 2, 3, 3}));
  EXPECT_EQ(read_text("a.csv", "1:2\n", {.delimiter = ':'}).steps(), 2u);
  EXPECT_EQ(read_text("a.csv", "1 2\n", {.delimiter = ' '}).steps(), 2u);
}

TEST(CsvWide, KeepsIds) {
  EXPECT_EQ(read_text("a.csv", "id,p,label\na,1,x\na,2,y\n", kLabels).ids, (Names{"a", "a"}));
  EXPECT_EQ(read_text("a.csv", "1,k,7\n2,j,8\n", {.layout = "wide", .id_column = "2"}).ids,
            (Names{"k", "j"}));
}

TEST(CsvLong, ReadsARowAStep) {
  const Sequences s = read_text("a.csv",
                                "id,time,p,q,label\n"
                                "a,0,1,2,up\na,1,3,,up\nb,0.5,5,6,down\n",
                                kLabels);
  EXPECT_EQ(s.begin, (Begins{0, 2, 3}));
  EXPECT_EQ(s.ids, (Names{"a", "b"}));
  EXPECT_EQ(s.features, 2u);
  EXPECT_EQ(s.feature_names, (Names{"p", "q"}));
  expect_values(s.values, {1, 2, 3, kNan, 5, 6});
  EXPECT_EQ(s.labels, (Names{"up", "down"}));
}

TEST(CsvLong, ReadsEveryTarget) {
  const std::string text = "id,date,p,u,v\na,2020-01-01,1,5,6\na,2020-01-02,2,5,7\nb,2019,3,9,8\n";
  const auto read = [&](TargetKind target, Names columns) {
    return read_text("a.csv", text,
                     {.target = target,
                      .target_columns = columns,
                      .ignored_columns = {columns == Names{"u"} ? "v" : "u"}});
  };
  EXPECT_EQ(read(TargetKind::kLabel, {"u"}).labels, (Names{"5", "9"}));
  EXPECT_EQ(read(TargetKind::kStepLabel, {"v"}).labels, (Names{"6", "7", "8"}));
  expect_values(read(TargetKind::kValue, {"u"}).targets, {5, 9});
  expect_values(read(TargetKind::kStepValue, {"v"}).targets, {6, 7, 8});
  const Sequences both =
      read_text("a.csv", text, {.target = TargetKind::kStepValue, .target_columns = {"v", "u"}});
  EXPECT_EQ(both.target_width, 2u);
  EXPECT_EQ(both.target_names, (Names{"v", "u"}));
  expect_values(both.targets, {6, 5, 7, 5, 8, 9});
  expect_values(both.values, {1, 2, 3});
}

TEST(CsvLong, FindsTheLayout) {
  // An id and a time in the header, or an option.
  EXPECT_EQ(read_text("a.csv", "ID,Step,p\na,0,1\na,1,1\n").size(), 1u);
  EXPECT_EQ(read_text("a.csv", "id,p,q\na,0,1\na,1,1\n").size(), 2u);
  EXPECT_EQ(read_text("a.csv", "k,p,q\na,0,1\na,1,1\n", {.id_column = "k"}).size(), 1u);
  EXPECT_EQ(read_text("a.csv", "a,0,1\na,1,1\n", {.id_column = "1"}).size(), 1u);
  EXPECT_EQ(read_text("a.csv", "t,p\n0,1\n1,1\n", {.time_column = "t"}).size(), 1u);
  EXPECT_EQ(read_text("a.csv", "t,p\n0,1\n1,1\n", {.layout = "long"}).steps(), 2u);
  EXPECT_EQ(read_text("a.csv", "id,time,p\na,0,1\nb,1,1\n", {.layout = "wide"}).size(), 2u);
}

TEST(CsvLong, EachIdHasItsTimes) {
  const Sequences s = read_text(
      "a.csv", "id,time,p\na,2020-01-31,1\na,2020-02-01,2\nb,2020-01-01T00:00,3\nc,7,4\nc,8,5\n");
  EXPECT_EQ(s.size(), 3u);
}

TEST(Csv, RefusesAnythingElse) {
  using T = TargetKind;
  const std::string longer = "id,time,p,label\n";
  const struct {
    std::string text;
    SequenceReaderOptions options;
    std::string message;
  } cases[] = {
      {"", {}, "a.csv: is empty; wanted a CSV file (text)"},
      {"\n \n", {}, "a.csv: has empty lines alone; wanted the rows of a table"},
      {"a,b\n", {}, "a.csv: holds no sequence"},
      {"p,q,label\n1,x,a\n", kLabels, "a.csv: line 2, column 2 ('q'): 'x' is not a number"},
      {"1,2,a\n1,0x1,b\n", kLabels, "a.csv: line 2, column 2: '0x1' is not a number"},
      {"1,2,a\n1,inf,b\n", kLabels, "a.csv: line 2, column 2: 'inf' is infinite"},
      {"1,2,a\n1,1e999,b\n", kLabels, "'1e999' is out of the range of a double"},
      {"1,2,a\n1,2,\n", kLabels, "a.csv: line 2, column 3: the label is empty"},
      {"1,2,3\n1,2,\n", {.target = T::kValue}, "line 2, column 3: the target is missing: ''"},
      {"1,2,3\n1,2,x\n", {.target = T::kValue}, "line 2, column 3: 'x' is not a number"},
      {"1,2\n1\n",
       {},
       "a.csv: line 2: has 1 cell, the first row has 2; short rows need empty cells at their end"},
      {"1,2\n1,2,3\n", {}, "line 2: has 3 cells, the first row has 2"},
      {"1,2\n3,\"4\n5,6\n", {}, "a.csv: line 2: a quoted cell of this row never ends"},
      {"\"1", {}, "a.csv: line 1: a quoted cell of this row never ends"},
      {"1,2\n3,4\"x\n", {}, "a.csv: line 2, column 4: a quote inside a cell; put the whole cell"},
      {"1,2\n3,\"4\"x\n", {}, "a.csv: line 2, column 6: a quote inside a cell"},
      {"1,2,3\n",
       {.features_per_step = 2},
       "a.csv: has 3 columns of values, no multiple of features_per_step, 2"},
      {"1,2\n", {.features_per_step = 3}, "has 2 columns of values, no multiple of"},
      {"1\n", kLabels, "a.csv: of 1 column, none is left for the values of the steps"},
      {"p,q\n1,2\n", {.ignored_columns = {"r"}}, "a.csv: unknown column 'r'"},
      {"value,label\n1,2\n", {.ignored_columns = {"vlue"}}, "did you mean 'value'?"},
      {"1,2\n",
       {.ignored_columns = {"3"}},
       "a.csv: has no column 3; its columns have the numbers 1 to 2"},
      {"1,2\n", {.ignored_columns = {"0"}}, "has no column 0"},
      {"1,2\n",
       {.header = false, .ignored_columns = {"p"}},
       "a.csv: has no column 'p': the file has no header; name columns by their number, from 1"},
      {"p,p\n1,2\n", {.ignored_columns = {"p"}}, "two columns are called 'p'"},
      {"id,p,label\na,1,x\n,1,x\n", kLabels, "line 3, column 1 ('id'): the id is empty"},
      // long
      {longer + "a,0,1,x\nb,0,1,x\na,1,1,x\n", kLabels,
       "a.csv: line 4, column 1 ('id'): the id 'a' comes again, after another one; it began in "
       "line "
       "2; sort the file by id"},
      {longer + "a,1,1,x\na,0,1,x\n", kLabels,
       "a.csv: line 3, column 2 ('time'): the time '0' follows '1': it does not rise; sort the "
       "file "
       "by time within its id"},
      {longer + "a,1,1,x\na,1,1,x\n", kLabels, "the time '1' follows '1': it stands twice"},
      {longer + "a,2020-01-02,1,x\na,2020-01-01,1,x\n", kLabels, "it does not rise"},
      {longer + "a,2020-01-02,1,x\na,7,1,x\n", kLabels,
       "'7' follows '2020-01-02': wanted numbers alone or dates alone"},
      {longer + "a,soon,1,x\n", kLabels,
       "line 2, column 2 ('time'): 'soon' is neither a number nor a date such as 2024-02-29"},
      {longer + "a,,1,x\n", kLabels, "'' is neither a number nor a date"},
      {longer + "a,0,1,x\na,1,1,y\n", kLabels,
       "a.csv: line 3, column 4 ('label'): 'y' after 'x' in the same sequence; the target must be "
       "the same in all its rows"},
      {longer + "a,0,1,5\na,1,1,6\n", {.target = T::kValue}, "6 after 5 in the same sequence"},
      {longer + "a,0,1,\n", kLabels, "line 2, column 4 ('label'): the label is empty"},
      {longer + "a,0,x,u\n", kLabels, "line 2, column 3 ('p'): 'x' is not a number"},
      {longer, kLabels, "a.csv: holds no sequence"},
      {"id,time,label\na,0,1\n", kLabels, "of 3 columns, none is left"},
      {"p,time\n0,1\n",
       {.target = T::kLabel, .layout = "long"},
       "a.csv: column 2 ('time') is the time and cannot be the target too; name the target's "
       "column"},
      {"{\"x\": [1]}\n", {}, "a.csv: line 1, column 2: a quote inside a cell"},
  };
  for (const auto& refused : cases) {
    const std::string got = refusal("a.csv", refused.text, refused.options);
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
}

TEST(Csv, RefusesOptionsThatContradict) {
  using T = TargetKind;
  const struct {
    SequenceReaderOptions options;
    std::string message;
  } cases[] = {
      {{.target = T::kStepLabel}, "a row a sequence (layout wide), which has no target a step"},
      {{.target = T::kLabel, .target_columns = {"1", "2"}},
       "target_columns names 2 columns; a label is in one"},
      {{.layout = "tall"}, "unknown layout 'tall'"},
      {{.layout = "wide", .time_column = "1"}, "time_column needs layout long"},
      {{.layout = "long", .features_per_step = 2}, "features_per_step is 2, but a.csv has a row a"},
      {{.features_per_step = 0}, "features_per_step is 0; wanted at least 1"},
      {{.id_column = "1", .ignored_columns = {"1"}},
       "a.csv: column 1 is named as ignored and as the id"},
      {{.delimiter = '"'}, "the delimiter is '\"'"},
      {{.delimiter = '\n'}, "the delimiter is '\\n'"},
      {{.delimiter = '\xFF'}, "the delimiter is '\\xff'"},
      {{.level = Level::kCharacter}, "the option level says nothing about format csv"},
  };
  for (const auto& refused : cases) {
    const std::string got = refusal<ValueError>("a.csv", "1,2,3\n4,5,6\n", refused.options);
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
}

TEST(Csv, ReadsAMillionCharactersInALine) {
  std::string text = "0";
  for (int i = 1; i < 400000; ++i) text += ",7";
  EXPECT_EQ(read_text("a.csv", text).steps(), 400000u);
  const std::string label(1500000, 'x');
  EXPECT_EQ(read_text("a.csv", "1,2,\"" + label + "\"\n", kLabels).labels[0], label);
}

TEST(Csv, Digits) {
  const std::string folder = data_folder("series/digits.csv.gz");
  if (folder.empty()) GTEST_SKIP() << "UNROLL_DATA names no folder with series/digits.csv.gz";
  const Sequences s =
      read_sequences(folder, {.target = TargetKind::kLabel, .features_per_step = 8});
  EXPECT_EQ(s.size(), 1797u);
  EXPECT_EQ(s.features, 8u);
  EXPECT_EQ(s.steps(), 8u * 1797u);
  EXPECT_EQ(s.labels[0] + s.labels[1], "01");
  EXPECT_EQ(*std::max_element(s.values.begin(), s.values.end()), 16);
}

}  // namespace
}  // namespace unroll
