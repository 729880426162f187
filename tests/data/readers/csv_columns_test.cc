// Which row has the names of a table, which column is the label, and which are neither.
#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
const SequenceReaderOptions kLabels{.target = TargetKind::kLabel};
const SequenceReaderOptions kValues{.target = TargetKind::kValue};

std::string left_out(const Sequences& s) {
  std::string text;
  for (const LeftOutColumn& column : s.reading.left_out) {
    text += column.column + ": " + column.reason + "; ";
  }
  return text;
}

TEST(CsvHeader, OfNumbers) {
  const struct {
    std::string text;
    SequenceReaderOptions options;
    std::size_t size;  // of sequences
  } cases[] = {
      // Names that count, and a label's name that no row has.
      {"0,1,2,activity\n5,4,3,walk\n3,4,5,run\n", kLabels, 2},
      {"1,2,3,activity\n5,4,3,walk\n3,4,5,run\n", kLabels, 2},
      {",0,1,2,activity\n0,5,4,3,walk\n1,3,4,5,run\n", kLabels, 2},
      {"400.0,402.0,404.0,kind\n5,4,3,a\n3,4,5,b\n", kLabels, 2},
      {"1990,1991,1992,kind\n5,4,3,a\n3,4,5,b\n", kLabels, 2},
      {"0,1,2,activity\n5,4,3,1\n3,4,5,0\n", kLabels, 2},
      {"5,1,7,activity\n5,4,3,1\n3,4,5,0\n", kLabels, 2},  // a word above numbers
      {"activity,400,402,404\nwalk,5,4,3\nrun,3,4,5\n",
       {.target = TargetKind::kLabel, .target_columns = {"1"}},
       2},
      {"0,1,2,3,4,5,6,7\n5,3,5,3,3,5,3,1\n5,3,5,3,3,5,3,2\n", kLabels, 2},
      {"0,1,2,3,4,5,6,7\n5,3,5,3,3,5,3,1\n5,3,5,3,3,5,3,2\n", kValues, 2},
      {"0,1,2,3,4,5,6,7\n5,3,5,3,3,5,3,1\n5,3,5,3,3,5,3,2\n", {}, 2},
      // Data.
      {"0,1,2,walk\n5,4,3,walk\n3,4,5,run\n", kLabels, 3},
      {"0,1,2,walk\n1,2,3,run\n3,4,5,run\n", kLabels, 3},
      {"0,1,3,walk\n5,4,3,run\n3,4,5,run\n", kLabels, 3},
      {"0,1,2,walk\n5,4,3,run\n", kLabels, 2},
      {"1,2,3\n5,3,5\n3,5,3\n", {}, 3},
      {"1,2,3\n5,3,3\n3,5,0\n", kLabels, 3},
      {"up,1,2\ndown,5,4\nup,3,5\n", {}, 0},  // a word that is no number
      {"up,1,2\ndown,5,4\nup,3,5\n", {.target = TargetKind::kLabel, .target_columns = {"1"}}, 3},
      {"0,1,2,3,4,5,6,7\n1,2,3,4,5,6,7,8\n", {}, 2},
      {"0,1,2,3,4,5,6,7\n", {}, 1},
      // As it is said.
      {"0,1,2,walk\n5,4,3,walk\n3,4,5,run\n", {.target = TargetKind::kLabel, .header = true}, 2},
      {"0,1,2,activity\n5,4,3,walk\n3,4,5,run\n",
       {.target = TargetKind::kLabel, .header = false},
       3},
  };
  for (const auto& c : cases) {
    if (c.size == 0) {
      EXPECT_TRUE(contains(refusal("a.csv", c.text, c.options), "line 1, column 1: 'up' is not"));
      continue;
    }
    EXPECT_EQ(read_text("a.csv", c.text, c.options).size(), c.size) << c.text;
  }
  EXPECT_TRUE(contains(refusal("a.csv", "1,2,3,4\n5,3,5,1\n3,5,4,0\n", kLabels),
                       "a.csv: the first row counts from 1 to 4, which may be names or data; say "
                       "which: --header yes or --header no"));
}

TEST(CsvIndex, IsLeftOut) {
  const std::string rows = "7,0.5,1,a\n3,2,3,b\n12,4,5,a\n";
  for (const std::string name : {"", "\"\"", "Unnamed: 0"}) {
    const Sequences s = read_text("a.csv", name + ",p,q,label\n" + rows, kLabels);
    expect_values(s.values, {0.5, 1, 2, 3, 4, 5});
    EXPECT_TRUE(contains(left_out(s), "numbers the rows")) << left_out(s);
    EXPECT_EQ(s.reading.table->features, (std::vector<std::size_t>{1, 2}));
  }
  const Sequences steps =
      read_text("a.csv", ",id,time,p,label\n0,u,0,5,a\n1,u,1,6,a\n2,v,0,7,b\n", kLabels);
  expect_values(steps.values, {5, 6, 7});
  EXPECT_EQ(steps.feature_names, Names{"p"});
  // The options still decide.
  const Sequences id =
      read_text("a.csv", ",p,q,label\n" + rows,
                {.target = TargetKind::kLabel, .layout = "wide", .id_column = "1"});
  EXPECT_EQ(id.ids, (Names{"7", "3", "12"}));
  EXPECT_TRUE(
      contains(left_out(read_text("a.csv", ",p,q,label\n" + rows,
                                  {.target = TargetKind::kLabel, .ignored_columns = {"1"}})),
               "column 1 (''): ignored"));
}

// R's write.table() has no name for the names of the rows.
TEST(CsvIndex, OfR) {
  const Sequences s = read_text("a.csv", "p q label\n1 5 6 a\n2 7 8 b\n",
                                {.target = TargetKind::kLabel, .delimiter = ' '});
  expect_values(s.values, {5, 6, 7, 8});
  EXPECT_TRUE(contains(left_out(s), "column 1 (''): numbers the rows"));
  EXPECT_TRUE(contains(refusal("a.csv", "p,q\n1,2\n1,2,3\n"), "line 3: has 3 cells"));
  EXPECT_TRUE(contains(refusal("a.csv", "5,6\n1,2,3\n"), "line 2: has 3 cells"));
}

TEST(CsvIndex, HasWholeNumbers) {
  EXPECT_TRUE(contains(refusal("a.csv", ",p,label\n0,1,a\n0.5,1,b\n", kLabels),
                       "a.csv: line 3, column 1 (''): has no name, and '0.5' does not number the "
                       "row; name it in the "
                       "header, leave it out (--ignore 1) or say what it is (--id 1, --time 1)"));
  EXPECT_TRUE(
      contains(refusal("a.csv", ",p,label\nMazda,1,a\n", kLabels), "'Mazda' does not number"));
}

TEST(CsvIndex, WithANameIsAskedAbout) {
  std::string wide = "row,p,label\n", steps = "id,time,n,p,label\n", shuffled = wide;
  for (int i = 0; i < 12; ++i) {
    const std::string row = std::to_string(1000 + i), label = i % 2 == 0 ? "a\n" : "b\n";
    wide += row + ",5," + label;
    shuffled += std::to_string(i * 5 % 12) + ",5," + label;
    steps += std::to_string(i / 3) + "," + std::to_string(i % 3) + "," + row + ",5,a\n";
  }
  EXPECT_TRUE(contains(
      refusal("a.csv", wide, kLabels),
      "a.csv: column 1 ('row') numbers the rows of the file, from which nothing can "
      "be learnt; leave it out (--ignore row) or say what it is (--id row --layout wide)"));
  EXPECT_TRUE(contains(refusal("a.csv", steps, kLabels), "column 3 ('n') numbers the rows"));
  EXPECT_TRUE(contains(refusal("a.csv", steps, kLabels), "--time n"));
  EXPECT_EQ(read_text("a.csv", shuffled, kLabels).steps(), 24u);
  EXPECT_EQ(read_text("a.csv", wide).steps(), 24u);  // nothing is learnt
  EXPECT_EQ(
      read_text("a.csv", wide, {.target = TargetKind::kLabel, .ignored_columns = {"row"}}).steps(),
      12u);
}

TEST(CsvLabel, IsFirstInFilesOfUcr) {
  const std::string ucr = "1\t0.5\t0.25\n2\t1.5\t0.75\n1\t0.125\t0.5\n2\t1.75\tNaN\n";
  const Sequences s = read_text("a.tsv", ucr, kLabels);
  EXPECT_EQ(s.labels, (Names{"1", "2", "1", "2"}));
  EXPECT_EQ(s.begin, (std::vector<std::size_t>{0, 2, 4, 6, 7}));  // NaN at the end fills up
  EXPECT_TRUE(contains(s.reading.notes[0], "first column"));
  EXPECT_TRUE(s.reading.table->nan_is_padding);
  EXPECT_EQ(read_text("a.csv", ucr, kLabels).labels[0], "0.25");
  EXPECT_EQ(read_text("a.tsv", "1\t0.5\ta\n2\t1.5\tb\n1\t0.125\ta\n2\t1.75\tb\n", kLabels).labels,
            (Names{"a", "b", "a", "b"}));
  EXPECT_EQ(
      read_text("a.tsv", "0.1\t0.5\t1\n0.2\t1.5\t2\n1\t0.125\t1\n2\t1.75\t2\n", kLabels).labels,
      (Names{"1", "2", "1", "2"}));
  EXPECT_TRUE(
      contains(refusal("a.tsv", "1\t5\t1\n2\t6\t2\n1\t7\t1\n2\t8\t2\n", kLabels),
               "its first and its last column both look like the label; name it: --target 1 "
               "or --target 3"));
}

TEST(CsvLabel, OfWordsElsewhere) {
  EXPECT_TRUE(
      contains(refusal("a.csv", "p,kind,q\n1,up,2\n2,down,3\n", kLabels),
               "line 2, column 2 ('kind'): 'up' is not a number; a column of other things is "
               "left out by --ignore kind, or is the label: --target kind"));
}

TEST(CsvTarget, MayBeAbsentWhereNobodyWantsIt) {
  const SequenceReaderOptions options{.id_column = "unit", .target_columns = {"life"}};
  expect_values(read_text("a.csv", "unit,p\n1,5\n1,6\n", options).values, {5, 6});
  expect_values(read_text("a.csv", "unit,p,life\n1,5,9\n1,6,9\n", options).values, {5, 6});
}

}  // namespace
}  // namespace unroll
