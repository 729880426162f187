// Files that are read as the table that a model was trained on.
#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
using T = TargetKind;

// The options of a model that was trained on `text`.
SequenceReaderOptions trained_on(const std::string& text, SequenceReaderOptions options) {
  options.trained = read_text("train.csv", text, options).reading.table;
  return options;
}
SequenceReaderOptions without_target(SequenceReaderOptions options) {
  options.target = T::kNone;
  return options;
}
std::string left_out(const Sequences& s) {
  std::string text;
  for (const LeftOutColumn& column : s.reading.left_out) {
    text += column.column + " " + column.reason + "; ";
  }
  return text;
}

const std::string kSteps = "unit,cycle,p,q,life\n1,1,5,6,9\n1,2,7,8,9\n2,1,1,2,4\n";
const SequenceReaderOptions kUnits{
    .target = T::kValue, .id_column = "unit", .time_column = "cycle", .target_columns = {"life"}};

TEST(TrainedColumns, AreFoundByName) {
  const SequenceReaderOptions options = without_target(trained_on(kSteps, kUnits));
  for (const char* const text : {
           "unit,cycle,p,q\n7,1,5,6\n7,2,7,8\n",
           "q,p,cycle,unit\n6,5,1,7\n8,7,2,7\n",
           "q,p,Cycle,UNIT\n6,5,1,7\n8,7,2,7\n",
           "life,q,more,p,cycle,unit\n?,6,x,5,1,7\n?,8,y,7,2,7\n",
       }) {
    const Sequences s = read_text("a.csv", text, options);
    expect_values(s.values, {5, 6, 7, 8});
    EXPECT_EQ(s.feature_names, (Names{"p", "q"}));
    EXPECT_EQ(s.ids, Names{"7"});
  }
  EXPECT_EQ(left_out(read_text("a.csv", "life,q,more,p,cycle,unit\n1,6,x,5,1,7\n", options)),
            "column 1 ('life') the target; column 3 ('more') not in training; ");
  const Sequences labelled =
      read_text("a.csv", "life,q,p,cycle,unit\n9,6,5,1,7\n9,8,7,2,7\n", trained_on(kSteps, kUnits));
  expect_values(labelled.targets, {9});
  expect_values(labelled.values, {5, 6, 7, 8});
}

// A row of a file without names is data, whatever its numbers look like.
TEST(TrainedColumns, ATableWithoutNamesHasNoHeader) {
  const SequenceReaderOptions options =
      trained_on("5,1,4,2,8,3,9,6,a\n3,3,1,3,2,3,0,3,b\n", {.target = T::kLabel});
  const std::string counting = "1,2,3,4,5,6,7,8", other = "3,1,3,3,9,3,3,3";
  const Sequences bare =
      read_text("a.csv", counting + "\n" + other + "\n", without_target(options));
  EXPECT_EQ(bare.size(), 2u);
  for (const TargetKind target : {T::kNone, T::kLabel}) {
    SequenceReaderOptions wanted = options;
    wanted.target = target;
    EXPECT_EQ(read_text("a.csv", counting + ",b\n" + other + ",a\n", wanted).size(), 2u);
  }
  const SequenceReaderOptions numbers =
      trained_on("6,3,1,7,38.5\n1,5,2,2,36.5\n", {.target = T::kValue});
  EXPECT_EQ(read_text("a.csv", "1,2,3,4,36.5\n6,3,1,7,38.5\n", numbers).size(), 2u);
}

TEST(TrainedColumns, OfAWideTable) {
  const SequenceReaderOptions options =
      trained_on(",t0,t1,t2,kind\n0,1,2,3,a\n1,4,5,6,b\n", {.target = T::kLabel});
  const SequenceReaderOptions bare = without_target(options);
  for (const char* const text :
       {"t0,t1,t2\n7,8,9\n", "t2,t1,t0\n9,8,7\n", "kind,t0,t1,t2\na,7,8,9\n",
        ",t0,t1,t2\n0,7,8,9\n", "t0,t1,t2,kind\n7,8,9,b\n"}) {
    expect_values(read_text("a.csv", text, bare).values, {7, 8, 9});
  }
  EXPECT_EQ(read_text("a.csv", "kind,t2,t1,t0\nb,9,8,7\n", options).labels, Names{"b"});
  // Names that are numbers.
  const SequenceReaderOptions numbers =
      without_target(trained_on("0,1,2,kind\n5,4,3,a\n3,4,5,b\n", {.target = T::kLabel}));
  expect_values(read_text("a.csv", "2,1,0\n9,8,7\n", numbers).values, {7, 8, 9});
  expect_values(read_text("a.csv", "0,1,2\n7,8,9\n", numbers).values, {7, 8, 9});
}

TEST(TrainedColumns, WithoutNamesAreFoundByTheWidth) {
  const SequenceReaderOptions last = trained_on("1,2,3,0\n4,5,6,1\n", {.target = T::kLabel});
  const Sequences whole = read_text("a.csv", "7,8,9,1\n", without_target(last));
  expect_values(whole.values, {7, 8, 9});
  EXPECT_EQ(left_out(whole), "column 4 the target; ");
  expect_values(read_text("a.csv", "7,8,9\n", without_target(last)).values, {7, 8, 9});
  EXPECT_EQ(read_text("a.csv", "7,8,9,1\n", last).labels, Names{"1"});
  const SequenceReaderOptions first =
      trained_on("a,1,2,3\nb,4,5,6\n", {.target = T::kLabel, .target_columns = {"1"}});
  expect_values(read_text("a.csv", "a,7,8,9\n", without_target(first)).values, {7, 8, 9});
  expect_values(read_text("a.csv", "7,8,9\n", without_target(first)).values, {7, 8, 9});
  // A label of words is no header.
  const SequenceReaderOptions words = trained_on("1,2,3,a\n4,5,6,b\n", {.target = T::kLabel});
  EXPECT_EQ(read_text("a.csv", "7,8,9,a\n7,8,9,b\n", without_target(words)).size(), 2u);
  // Without a header, columns are where they were.
  const SequenceReaderOptions named = trained_on("p,q,kind\n1,2,a\n3,4,b\n", {.target = T::kLabel});
  expect_values(read_text("a.csv", "7,8\n", without_target(named)).values, {7, 8});
  const SequenceReaderOptions target =
      trained_on("p,q,kind\n1,2,a\n3,4,b\n", {.target = T::kLabel, .target_columns = {"kind"}});
  expect_values(read_text("a.csv", "7,8\n7,8\n", without_target(target)).values, {7, 8, 7, 8});
}

// Sequences that are shorter than all of the training, and delimiters at the ends of rows.
TEST(TrainedColumns, MayBeEmptyAtTheEnd) {
  const SequenceReaderOptions first =
      trained_on("a,1,2,3\nb,4,5,6\n", {.target = T::kLabel, .target_columns = {"1"}});
  const SequenceReaderOptions last = trained_on("1,2,3,a,\n4,5,6,b,\n", {.target = T::kLabel});
  for (const char* const text : {"7,8,\n9,,\n", "a,7,8,\nb,9,,\n"}) {
    const Sequences s = read_text("a.csv", text, without_target(first));
    expect_values(s.values, {7, 8, 9});
    EXPECT_EQ(s.begin, (std::vector<std::size_t>{0, 2, 3}));
  }
  for (const char* const text : {"7,8,9\n", "7,8,9,\n", "7,8,9,a\n", "7,8,9,a,\n"}) {
    expect_values(read_text("a.csv", text, without_target(last)).values, {7, 8, 9});
  }
}

TEST(TrainedColumns, RefuseWhatDoesNotFit) {
  const SequenceReaderOptions units = trained_on(kSteps, kUnits);
  const SequenceReaderOptions rows = trained_on("1,2,3,0\n4,5,6,1\n", {.target = T::kLabel});
  SequenceReaderOptions other_id = units, ignored = units, other_target = rows;
  other_id.id_column = "engine";
  ignored.ignored_columns = {"p"};
  other_target.target_columns = {"1"};
  const struct {
    std::string text;
    SequenceReaderOptions options;
    std::string message;
  } cases[] = {
      {"unit,cycle,p\n1,1,5\n", without_target(units),
       "a.csv: lacks 1 column that the model was trained on: 'q'"},
      {"unit,cycle,x,y\n1,1,5,6\n", without_target(units), "lacks 2 columns"},
      {"unit,cycle,p,q\n1,1,5,6\n", units,
       "a.csv: has no column 'life', the target of the training data; its columns are 'unit', "
       "'cycle', 'p', 'q'"},
      {"cycle,p,q\n1,5,6\n", without_target(units), "has no column 'unit', the id of the training"},
      {"unit,cycle,p,q\n1,1,5,6\n", without_target(other_id), "has no column 'engine'"},
      {"unit,cycle,p,p,q\n1,1,5,6,7\n", without_target(units), "two columns are called 'p'"},
      {"7,8\n", without_target(rows),
       "a.csv: has 2 columns; the table that the model was trained on has 4, or 3 without the "
       "target; shorter sequences need empty cells at the end of the row"},
      {"7,8,9,1,1\n", without_target(rows), "has 5 columns; the table"},
      {"7,8,9\n", rows, "has 3 columns; the table that the model was trained on has 4;"},
  };
  for (const auto& c : cases) {
    const std::string got = refusal("a.csv", c.text, c.options);
    EXPECT_TRUE(contains(got, c.message)) << got << "\nwanted " << c.message;
  }
  EXPECT_TRUE(contains(refusal<ValueError>("a.csv", kSteps, ignored),
                       "ignore is p, but the model was trained on that column"));
  EXPECT_TRUE(
      contains(refusal<ValueError>("a.csv", "7,8,9,1\n", other_target),
               "target is 1, but columns without names are where they were in training: 4"));
  SequenceReaderOptions wide = units;
  wide.layout = "wide", wide.time_column = "";
  EXPECT_TRUE(
      contains(refusal<ValueError>("a.csv", kSteps, wide), "trained on a table of layout long"));
}

}  // namespace
}  // namespace unroll
