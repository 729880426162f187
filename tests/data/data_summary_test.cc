#include "unroll/data/data_summary.h"

#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using T = TargetKind;

TEST(DataSummary, SaysWhatWasRead) {
  const std::string text =
      "id,time,p,q,label\na,0,1,,up\na,1,2,3,up\na,2,2,NA,up\nb,0,5,6,down\nc,0,1,2,up\n";
  const DataSummary s = summarize(read_text("a.csv", text, {.target = T::kLabel}));
  EXPECT_EQ(s.sequences, 3u);
  EXPECT_EQ(s.steps, 5u);
  EXPECT_EQ(s.shortest, 1u);
  EXPECT_EQ(s.median, 1u);
  EXPECT_EQ(s.longest, 3u);
  EXPECT_EQ(s.features, 2u);
  EXPECT_EQ(s.feature_names, (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(s.missing_values, 2u);
  EXPECT_EQ(s.target_column, "column 5 ('label')");
  EXPECT_EQ(s.labels, (decltype(s.labels){{"up", 2}, {"down", 1}}));
  EXPECT_EQ(s.reading.format, "csv");
  EXPECT_EQ(s.reading.format_from, ".csv");
}

TEST(DataSummary, OfNumbers) {
  const DataSummary s =
      summarize(read_text("a.csv", "p,life\n1,5\n2,-1\n3,2\n", {.target = T::kValue}));
  ASSERT_EQ(s.targets.size(), 1u);
  EXPECT_EQ(s.targets[0].name, "life");
  EXPECT_EQ(s.targets[0].least, -1);
  EXPECT_EQ(s.targets[0].mean, 2);
  EXPECT_EQ(s.targets[0].most, 5);
  EXPECT_EQ(summarize(read_text("a.dat", "a b\nc\n", {.format = "text"})).reading.format_from,
            "--format");
}

std::string implausible(const std::string& name, const std::string& text,
                        const SequenceReaderOptions& options) {
  const Sequences s = read_text(name, text, options);
  return message_of<FormatError>([&] { require_plausible(s); });
}

TEST(Plausible, LabelsComeAgain) {
  std::string swapped, numbers = "p,q,size\n", first;
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i), kind = std::to_string(i % 2);
    swapped += "text number " + n + "\t" + kind + "\n";
    numbers += n + ".5," + n + ".25," + std::to_string(i * i) + "\n";
    first += kind + "," + n + ".25,0." + std::to_string(100 + i) + "\n";
  }
  EXPECT_TRUE(contains(implausible("a.txt", swapped, {.target = T::kLabel}),
                       "a.txt: nearly every label is another one: 12 labels, 12 of them different, "
                       "such as 'text number 0'; what follows the tab, such as '0', looks like the "
                       "label: --label-column 2"));
  EXPECT_TRUE(contains(implausible("a.csv", numbers, {.target = T::kLabel}),
                       "12 of them different, such as '0' of column 3 ('size'); name the column of "
                       "the label with --target, or train numbers with `unroll train regress`"));
  EXPECT_TRUE(contains(implausible("a.csv", first, {.target = T::kLabel}),
                       "column 1 holds few whole numbers and looks like the label: --target 1"));
  // What is meant: labels that repeat, sets of labels, few rows.
  const Sequences right = read_text("a.txt", swapped, {.target = T::kLabel, .label_column = "2"});
  EXPECT_EQ(right.labels[1], "1");
  EXPECT_EQ(right.tokens[2], "0");
  EXPECT_NO_THROW(require_plausible(right));
  EXPECT_NO_THROW(require_plausible(read_text("a.txt", swapped, {.target = T::kLabel}), true));
  EXPECT_NO_THROW(require_plausible(read_text("a.csv", "1,a\n2,b\n", {.target = T::kLabel})));
}

TEST(Plausible, IdsTellSequencesApart) {
  std::string each = "id,time,p,label\n", one = each;
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i), kind = i % 2 == 0 ? "a\n" : "b\n";
    each += n + ",0,5," + kind;
    one += "u," + n + ",5.5,x\n";
  }
  EXPECT_TRUE(contains(implausible("a.csv", each, {.target = T::kLabel}),
                       "a.csv: every row has an id of its own in column 1 ('id'), so that every "
                       "sequence has one step; name the column that the rows of a sequence share "
                       "(--id), or say --layout wide"));
  EXPECT_TRUE(contains(implausible("a.csv", one, {.target = T::kLabel}),
                       "a.csv: column 1 ('id'), the id, is 'u' in every row"));
}

}  // namespace
}  // namespace unroll
