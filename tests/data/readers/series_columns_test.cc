// Which columns of a CSV file are values, and which are left out.
#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"
#include "unroll/data/series.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;

Series read(std::string_view text, const SeriesReaderOptions& options = {}) {
  const TemporaryFolder folder;
  return read_series(folder.write("a.csv", text), options);
}

std::string series_refusal(std::string_view text, const SeriesReaderOptions& options = {}) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", text);
  return message_of<FormatError>([&] { read_series(path, options); });
}

Names left_out(const Series& series) {
  Names names;
  for (const auto& [name, why] : series.notes.left_out) names.push_back(name + ": " + why);
  return names;
}

TEST(SeriesColumns, LeavesOutWhatIsNoValue) {
  const struct {
    const char* text;
    Names columns, left_out;
  } cases[] = {
      {",date,y\n0,2024-01-01,5\n1,2024-01-02,6\n", {"y"}, {": numbers the rows"}},
      {"\"\",date,y\n1,2024-01-01,5\n2,2024-01-02,6\n", {"y"}, {": numbers the rows"}},
      {"Unnamed: 0,y\n0,5\n1,6\n", {"y"}, {"Unnamed: 0: numbers the rows"}},
      {"rownames,time,value\n1,1949,5\n2,1950,6\n", {"value"}, {"rownames: numbers the rows"}},
      {"0,5,2024-01-01\n1,6,2024-01-02\n", {"column 2"}, {"column 1: numbers the rows"}},
      {"date,,y\n2024-01-01,,5\n2024-01-02,,6\n", {"y"}, {": empty"}},
      {"date,y,\n2024-01-01,5,\n2024-01-02,6,\n", {"y"}, {}},
      {"unique_id,ds,y\n1.0,2024-01-01,5\n1.0,2024-01-02,6\n",
       {"y"},
       {"unique_id: an id, the same in all rows"}},
      {"ticker,date,close\nX,2024-01-01,5\nX,2024-01-02,6\n",
       {"close"},
       {"ticker: an id, the same in all rows"}},
      {"id,date,y\n17,2024-01-01,5\n4,2024-01-02,6\n", {"y"}, {"id: an id, another in every row"}},
      {"date,note,y\n2024-01-01,hot,5\n2024-01-02,,6\n", {"y"}, {"note: text"}},
      {"date,printed,y\n2024-01-01,1/2/2024,5\n2024-01-02,1/3/2024,6\n", {"y"}, {"printed: dates"}},
      // What may be values stays.
      {"n,y\n0,5\n1,6\n", {"n", "y"}, {}},
      {",y\n3,5\n4,6\n", {"", "y"}, {}},
      {"date,y\n2024-01-01,1\n2024-01-02,2\n", {"y"}, {}},
      {"date,y,flat\n2024-01-01,5,7\n2024-01-02,6,7\n", {"y", "flat"}, {}},
      {"0\n1\n2\n", {"column 1"}, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Series s = read(c.text);
    EXPECT_EQ(s.column_names, c.columns);
    EXPECT_EQ(left_out(s), c.left_out);
    EXPECT_EQ(s.steps() * s.columns(), s.values.size());
  }
}

TEST(SeriesColumns, TheOptionsDecide) {
  const std::string text = ",date,y,z\n0,2024-01-01,5,7\n1,2024-01-02,6,8\n";
  const Series asked = read(text, {.columns = {"1", "y"}});
  EXPECT_EQ(asked.column_names, (Names{"", "y"}));
  EXPECT_TRUE(asked.notes.left_out.empty());
  EXPECT_EQ(read(text, {.ignored_columns = {"z"}}).column_names, (Names{"y"}));
  // Times are looked for among the others.
  const std::string months = "month,year,y\n1,2019,5\n1,2020,6\n";
  EXPECT_TRUE(contains(series_refusal(months), "'year' looks like a part"));
  EXPECT_EQ(read(months, {.ignored_columns = {"month"}}).time_name, "year");
  EXPECT_EQ(read(months, {.columns = {"month"}}).time_name, "year");
  // An id that is ignored, or asked for, tells nothing.
  const std::string ids = "id,y\n1,5\n1,6\n2,7\n2,8\n";
  EXPECT_EQ(read(ids, {.ignored_columns = {"id"}}).column_names, (Names{"y"}));
  EXPECT_EQ(read(ids, {.columns = {"id", "y"}}).column_names, (Names{"id", "y"}));
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", text);
  EXPECT_THROW(read_series(path, {.ignored_columns = {"w"}}), FormatError);
  SeriesReaderOptions remembered = {.columns = {"y"}};
  remembered.ignored_columns = {"w"}, remembered.are_remembered = true;
  const Series again = read_series(path, remembered);
  EXPECT_EQ(again.column_names, (Names{"y"}));
  EXPECT_EQ(left_out(again),
            (Names{": not forecast by the model", "z: not forecast by the model"}));
  SeriesReaderOptions both = {.columns = {"y"}};
  both.ignored_columns = {"y"};
  EXPECT_THROW(read_series(path, both), ValueError);
}

TEST(SeriesColumns, NumbersAreAHeaderWhereItIsSaid) {
  const std::string text = "0,1\n5,7\n6,8\n";
  EXPECT_EQ(read(text).steps(), 3u);
  const Series s = read(text, {.header = true});
  EXPECT_EQ(s.column_names, (Names{"0", "1"}));
  expect_values(s.values, {5, 7, 6, 8});
  SeriesReaderOptions one = {.columns = {"1"}};
  one.header = true;
  expect_values(read(text, one).values, {7, 8});
}

TEST(SeriesColumns, RefusesSeveralSeries) {
  const struct {
    const char* text;
    SeriesReaderOptions options;
    std::vector<std::string> parts;
  } cases[] = {
      {"unique_id,ds,y\n1,2024-01-01,5\n1,2024-01-02,6\n2,2024-01-01,5\n2,2024-01-02,6\n",
       {},
       {"times repeat", "'unique_id' (2 values)"}},
      {"date,store,y\n2024-01-01,1,5.5\n2024-01-01,2,6\n2024-01-02,1,5\n2024-01-02,2,6\n",
       {},
       {"times repeat", "'store' (2 values)"}},
      {"date,store,item,y\n2024-01-01,1,a,5.5\n2024-01-01,1,b,6\n2024-01-01,2,a,5\n2024-01-01,2,b,6"
       "\n2024-01-02,1,a,5.5\n2024-01-02,1,b,6\n2024-01-02,2,a,5\n2024-01-02,2,b,6\n",
       {},
       {"'store' and 'item' (4 combinations)"}},
      // One after the other in time: only the name tells.
      {"id,date,y\n1,2024-01-01,5\n1,2024-01-02,6\n2,2024-01-03,5\n2,2024-01-04,6\n",
       {},
       {"'id' has 2 different values"}},
      {"id,date,y\nA,2024-01-01,5\nA,2024-01-02,6\n7,2024-01-03,5\n7,2024-01-04,6\n",
       {.columns = {"y"}},
       {"'id' has 2 different values"}},
      {"V1,V2,V3\nD1,5,6\nD2,7,8\n",
       {},
       {"'V1'", "another text in every row", "a row is a series"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const std::string got = series_refusal(c.text, c.options);
    for (const std::string& part : c.parts) EXPECT_TRUE(contains(got, part)) << got;
    EXPECT_TRUE(contains(got, "several series, which one file cannot hold yet; write a file"))
        << got;
  }
}

TEST(SeriesColumns, TextAmongNumbersIsAnError) {
  EXPECT_TRUE(contains(series_refusal("date,y,z\n2024,1,1\n2025,many,2\n2026,3,3\n"),
                       "a.csv: line 3, column 2 ('y'): 'many' is not a number"));
  EXPECT_TRUE(contains(series_refusal("date,y,z\n2024,many,1\n2025,2,2\n"),
                       "a.csv: line 2, column 2 ('y'): 'many' is not a number"));
  EXPECT_TRUE(contains(series_refusal("date,y\n2024,a\n2025,b\n"), "'a' is not a number"));
}

}  // namespace
}  // namespace unroll
