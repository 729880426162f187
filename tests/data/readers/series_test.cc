#include "unroll/data/series.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;

Series read(std::string_view text, const SeriesReaderOptions& options = {}) {
  const TemporaryFolder folder;
  Series series = read_series(folder.write("a.csv", text), options);
  EXPECT_EQ(series.values.size(), series.steps() * series.columns());
  EXPECT_EQ(series.source, folder.file("a.csv"));
  return series;
}

TEST(Series, ReadsColumnsAndDates) {
  const Series s = read("date,p,q\n2024-02-28,1,\n2024-02-29,2,5\n2024-03-01,NA,6\n");
  EXPECT_EQ(s.time_name, "date");
  EXPECT_EQ(s.column_names, (Names{"p", "q"}));
  EXPECT_EQ(s.dates, (Names{"2024-02-28", "2024-02-29", "2024-03-01"}));
  expect_values(s.values, {1, kNan, 2, 5, kNan, 6});
  EXPECT_EQ(s.seconds[1] - s.seconds[0], 86400);
  EXPECT_EQ(s.months, (std::vector<std::uint8_t>{2, 2, 3}));
  EXPECT_EQ(s.weekdays, (std::vector<std::uint8_t>{2, 3, 4}));
  EXPECT_EQ(s.hours, (std::vector<std::uint8_t>{0, 0, 0}));
  EXPECT_EQ(s.spacing, 86400);
  EXPECT_EQ(s.frequency, Frequency::kDaily);
}

TEST(Series, ColumnsAreTakenByNameOrNumber) {
  const std::string text = "date,p,note,q\n2024,1,hot,2\n2025,3,\"cold, wet\",4\n";
  const Series s = read(text, {.columns = {"q", "2"}});
  EXPECT_EQ(s.column_names, (Names{"q", "p"}));
  expect_values(s.values, {2, 1, 4, 3});
  // What is asked for as numbers is no time.
  const Series years = read("year,p\n2024,1\n2023,2\n", {.columns = {"year"}});
  EXPECT_TRUE(years.dates.empty());
  expect_values(years.values, {2024, 2023});
}

// So a model that was trained on a file without a header finds its columns again.
TEST(Series, NamesThatItGaveItselfAreFoundAgain) {
  const std::string text = "1700,5,7\n1701,11,8\n";
  const Series all = read(text);
  EXPECT_EQ(all.column_names, (Names{"column 2", "column 3"}));
  EXPECT_EQ(all.time_name, "column 1");
  const Series again = read(text, {.columns = all.column_names});
  EXPECT_EQ(again.column_names, all.column_names);
  EXPECT_EQ(again.time_name, all.time_name);
  expect_values(again.values, all.values);
  const Series s = read("column 2,p\n1,2\n", {.columns = {"column 2"}});  // a real name
  expect_values(s.values, {1});
  EXPECT_THROW(read(text, {.columns = {"column 4"}}), FormatError);
}

TEST(Series, FindsTheTimes) {
  const struct {
    std::string text;
    SeriesReaderOptions options;
    std::string time;
    std::size_t columns;
  } cases[] = {
      {"p,DATE\n1,2024\n", {}, "DATE", 1},
      {"Month,p\n1949-01,1\n1949-02,2\n", {}, "Month", 1},
      {"timestamp,date,p\n5,2024,1\n", {}, "date", 2},
      {"when,p\n2024-01-01,1\n", {}, "when", 1},
      {"p,when\n1,2024-01-01\n", {}, "when", 1},
      {"1700,5\n1701,11\n", {}, "column 1", 1},
      {"5,1700\n11,1701\n", {}, "", 2},
      {"1120\n963\n", {}, "", 1},
      {"9120,1\n963,2\n", {}, "", 2},
      {"date,p\n2024,1\n", {.time_column = ""}, "", 2},
      {"p,t\n1,0\n2,1\n", {.time_column = "t"}, "t", 1},
      {"1,0\n2,1\n", {.time_column = "2"}, "column 2", 1},
      {"step,p\n0,5\n1,6\n", {}, "step", 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Series s = read(c.text, c.options);
    EXPECT_EQ(s.time_name, c.time);
    EXPECT_EQ(s.columns(), c.columns);
    EXPECT_EQ(s.dates.size(), c.time.empty() ? 0 : s.steps());
  }
  const Series steps = read("step,p\n0,5\n1,6\n");
  EXPECT_EQ(steps.dates, (Names{"0", "1"}));
  EXPECT_TRUE(steps.seconds.empty());
  EXPECT_EQ(steps.spacing, 0);
}

TEST(Series, GuessesTheFrequency) {
  const struct {
    std::string dates;
    Frequency frequency;
  } cases[] = {
      {"2020\n2021\n2022\n", Frequency::kYearly},
      {"2020-01\n2020-04\n2020-07\n2020-10\n", Frequency::kQuarterly},
      {"2020-01\n2020-02\n2020-03\n", Frequency::kMonthly},
      {"20200101\n20200108\n20200122\n20200129\n", Frequency::kWeekly},
      {"2020/01/01\n2020/01/02\n", Frequency::kDaily},
      {"2020-01-01T00:00\n2020-01-01T01:00\n2020-01-01T02:00\n", Frequency::kHourly},
      {"2020-01-01 00:00:00\n2020-01-01 00:10:00\n", Frequency::kOther},
      {"2020\n2030\n", Frequency::kOther},
      {"2020\n", Frequency::kOther},
  };
  for (const auto& [dates, frequency] : cases) {
    std::string text = "date,p\n";
    for (const char c : dates) text += c == '\n' ? std::string(",1\n") : std::string(1, c);
    EXPECT_EQ(frequency_name(read(text).frequency), frequency_name(frequency)) << dates;
  }
}

TEST(Series, RefusesAnythingElse) {
  const struct {
    std::string text;
    SeriesReaderOptions options;
    std::string message;
  } cases[] = {
      {"", {}, "a.csv: is empty; wanted a CSV file (text)"},
      {"date,p\n", {}, "a.csv: has a header and no rows"},
      {"date\n2024\n", {}, "a.csv: has no column beside its times"},
      {"date,p\n2024,1\n2023,2\n2025,3\n",
       {},
       "a.csv: line 3, column 1 ('date'): '2023' follows '2024': times must rise; sort the file by "
       "time"},
      {"date,p\n2024,1\n2024-01-01,2\n", {}, "'2024-01-01' follows '2024': it stands twice"},
      {"date,p\n2024-01-01,1\n2024-02-30,2\n",
       {},
       "a.csv: line 3, column 1 ('date'): '2024-02-30' is no date; wanted such as 2024"},
      {"date,p\n2024,1\n,2\n", {}, "line 3, column 1 ('date'): '' is no date"},
      {"date,p\nsoon,1\n", {}, "'soon' is neither a date such as 2024-02-29 nor a number"},
      {"step,p\n1,1\n1,2\n", {}, "line 3, column 1 ('step'): '1' follows '1': it stands twice"},
      {"step,p\n1,1\nNA,2\n", {}, "'NA' is neither a date"},
      {"date,p\n2024,x\n", {}, "a.csv: line 2, column 2 ('p'): 'x' is not a number"},
      {"date,p\n2024,inf\n", {}, "'inf' is infinite"},
      {"date,p\n2024\n", {}, "line 2: has 1 cell, the first row has 2"},
      {"date,volume\n2024,1\n",
       {.columns = {"volum"}},
       "unknown column 'volum'; did you mean 'volume'?"},
      {"date,p\n2024,1\n", {.time_column = "q"}, "a.csv: unknown column 'q'"},
  };
  const TemporaryFolder folder;
  for (const auto& refused : cases) {
    const std::string path = folder.write("a.csv", refused.text);
    const std::string got = message_of<FormatError>([&] { read_series(path, refused.options); });
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
  const std::string path = folder.write("a.csv", "date,p\n2024,1\n");
  EXPECT_TRUE(contains(message_of<ValueError>([&] {
                         read_series(path, {.columns = {"p", "2"}});
                       }),
                       "the column '2' of " + path + " is asked for twice"));
  EXPECT_TRUE(contains(message_of<ValueError>([&] {
                         read_series(path, {.columns = {"date"}, .time_column = "date"});
                       }),
                       "is asked for as time and as values"));
}

TEST(Series, RealOnes) {
  const std::string folder = data_folder("series/");
  if (folder.empty()) GTEST_SKIP() << "UNROLL_DATA names no folder with series/";
  const struct {
    const char *file, *time;
    std::size_t steps, columns, missing;
    Frequency frequency;
    double first, last;
  } cases[] = {
      {"co2.csv", "date", 2284, 1, 59, Frequency::kWeekly, 316.1, 371.5},
      {"nile.csv", "year", 100, 1, 0, Frequency::kYearly, 1120, 740},
      {"sunspots.csv", "YEAR", 309, 1, 0, Frequency::kYearly, 5, 2.9},
      {"elnino.csv", "YEAR", 61, 12, 0, Frequency::kYearly, 23.11, 22.07},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.file);
    const Series s = read_series(folder + c.file);
    EXPECT_EQ(s.time_name, c.time);
    EXPECT_EQ(s.steps(), c.steps);
    EXPECT_EQ(s.columns(), c.columns);
    EXPECT_EQ(std::count_if(s.values.begin(), s.values.end(), [](double v) { return v != v; }),
              static_cast<std::ptrdiff_t>(c.missing));
    EXPECT_EQ(s.frequency, c.frequency);
    EXPECT_EQ(s.values.front(), c.first);
    EXPECT_EQ(s.values.back(), c.last);
  }
}

}  // namespace
}  // namespace unroll
