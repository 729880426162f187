// Times of series: dates in any form, their order, steps that are absent.
#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"
#include "unroll/data/series.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;

// "date,y" with 1, 2, 3, … as values.
Series read(const Names& dates, const SeriesReaderOptions& options = {}) {
  std::string text = "date,y\n";
  for (std::size_t t = 0; t < dates.size(); ++t) {
    text += "\"" + dates[t] + "\"," + std::to_string(t + 1) + "\n";
  }
  const TemporaryFolder folder;
  return read_series(folder.write("a.csv", text), options);
}

std::string series_refusal(const Names& dates, const SeriesReaderOptions& options = {}) {
  return message_of<FormatError>([&] { read(dates, options); });
}

TEST(SeriesTimes, FutureOnesAreWrittenAsTheFileWritesThem) {
  const struct {
    Names dates;
    const char *first, *second;
  } cases[] = {
      {{"2018-01-31", "2018-02-28", "2018-03-31"}, "2018-04-30", "2018-05-31"},
      {{"30/12/2019", "31/12/2019"}, "01/01/2020", "02/01/2020"},
      {{"30.12.2019 23:50:00", "31.12.2019 00:00:00"},
       "31.12.2019 00:10:00",
       "31.12.2019 00:20:00"},
      {{"2020 Q3", "2020 Q4"}, "2021 Q1", "2021 Q2"},
      {{"2020-W52", "2020-W53"}, "2021-W01", "2021-W02"},
      {{"1991 Nov", "1991 Dec"}, "1992 Jan", "1992 Feb"},
      {{"2020-01-01T00:00:00+01:00", "2020-01-01T01:00:00+01:00"},
       "2020-01-01T02:00:00+01:00",
       "2020-01-01T03:00:00+01:00"},
      // Through the end of summer time: in UTC an hour is an hour.
      {{"2020-10-25T01:00:00+02:00", "2020-10-25T02:00:00+02:00", "2020-10-25T02:00:00+01:00"},
       "2020-10-25T02:00:00+00:00",
       "2020-10-25T03:00:00+00:00"},
      {{"2020-01-01 00:00:00.0", "2020-01-01 00:00:00.5"},
       "2020-01-01 00:00:01.000000",
       "2020-01-01 00:00:01.500000"},
      {{"7", "8", "9"}, "10", "11"},
      {{"0.1", "0.2", "0.3"}, "0.4", "0.5"},
      {{"1577836800000", "1577836801000"}, "1577836802000", "1577836803000"},
      {{"9998", "9999"}, "", ""},
      {{"1", "2", "4"}, "", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.dates[0]);
    const Series s = read(c.dates);
    EXPECT_EQ(s.dates, c.dates);
    EXPECT_EQ(time_after(s, 1), c.first);
    EXPECT_EQ(time_after(s, 2), c.second);
  }
}

TEST(SeriesTimes, NewestFirstIsReadInReverse) {
  const Series s = read({"03.01.2020", "02.01.2020", "01.01.2020"});
  EXPECT_EQ(s.dates, (Names{"01.01.2020", "02.01.2020", "03.01.2020"}));
  expect_values(s.values, {3, 2, 1});
  EXPECT_LT(s.seconds[0], s.seconds[2]);
  EXPECT_TRUE(s.notes.reversed);
  expect_values(read({"9", "8", "7"}).values, {3, 2, 1});
  EXPECT_FALSE(read({"01.01.2020", "02.01.2020"}).notes.reversed);
  EXPECT_TRUE(contains(series_refusal({"03.01.2020", "01.01.2020", "02.01.2020"}),
                       "line 3, column 1 ('date'): '01.01.2020' follows '03.01.2020': times must "
                       "rise; sort the file by time"));
}

TEST(SeriesTimes, AFormDecidesBetweenReadings) {
  const Names dates = {"01/02/2020", "02/02/2020", "03/02/2020"};
  EXPECT_TRUE(contains(series_refusal(dates), "--time-format")) << series_refusal(dates);
  EXPECT_EQ(read(dates, {.time_format = "%d/%m/%Y"}).frequency, Frequency::kDaily);
  EXPECT_EQ(read(dates, {.time_format = "%m/%d/%Y"}).frequency, Frequency::kMonthly);
  EXPECT_EQ(read(dates, {.usual_time_format = "%m/%d/%Y"}).frequency, Frequency::kMonthly);
  EXPECT_EQ(read({"Jan-49", "Feb-49"}, {.time_format = "%b-%y"}).time_format, "%b-%y");
  EXPECT_TRUE(contains(series_refusal({"Jan-49", "Feb-49"}), "no century"));
  EXPECT_TRUE(contains(message_of<ValueError>([&] { read(dates, {.time_format = "%d/%m"}); }),
                       "time_format '%d/%m' has no year"));
  // The column of times is found by its form.
  const TemporaryFolder folder;
  const std::string path = folder.write("b.csv", "y,when\n1,012020\n2,022020\n");
  EXPECT_EQ(read_series(path, {.time_format = "%m%Y"}).time_name, "when");
  EXPECT_THROW(read_series(path, {.time_format = "%d%Y%m"}), ValueError);
}

TEST(SeriesTimes, AbsentStepsGetRows) {
  const Names dates = {"2024-01-31", "2024-02-29", "2024-05-31", "2024-06-30"};
  EXPECT_EQ(read(dates).steps(), 4u);
  const Series s = read(dates, {.insert_missing = true});
  EXPECT_EQ(s.dates, (Names{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31",
                            "2024-06-30"}));
  expect_values(s.values, {1, 2, kNan, kNan, 3, 4});
  EXPECT_EQ(s.months, (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(s.seconds.size(), 6u);
  EXPECT_EQ(s.notes.inserted, 2u);
  EXPECT_TRUE(contains(series_refusal({"2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00",
                                       "2024-01-01 02:30"},
                                      {.insert_missing = true}),
                       "'2024-01-01 02:30' is no whole number of steps (hourly) after"));
  EXPECT_TRUE(contains(series_refusal({"2024-01-01", "2024-01-02", "2024-01-03", "2034-01-03"},
                                      {.insert_missing = true}),
                       "too much to insert"));
  EXPECT_THROW(read({"1", "2", "4"}, {.insert_missing = true}), ValueError);
}

TEST(SeriesTimes, MayBeInSeveralColumns) {
  const TemporaryFolder folder;
  const std::string clock =
      folder.write("c.csv", "Date,Time,y\n31.12.2019,22:00,1\n31.12.2019,23:00,2\n");
  const Series s = read_series(clock, {.time_column = "Date,Time"});
  EXPECT_EQ(s.time_name, "Date,Time");
  EXPECT_EQ(s.column_names, (Names{"y"}));
  EXPECT_EQ(s.dates, (Names{"31.12.2019 22:00", "31.12.2019 23:00"}));
  EXPECT_EQ(time_after(s, 1), "01.01.2020 00:00");
  EXPECT_TRUE(
      contains(message_of<FormatError>([&] { read_series(clock); }),
               "times repeat, and 'Time' looks like a part of them; name both, as in --time"));
  const std::string months = folder.write("m.csv", "year,month,y\n2019,1,1\n2019,2,2\n2020,1,3\n");
  EXPECT_TRUE(contains(message_of<FormatError>([&] { read_series(months); }), "'year' looks like"));
  const std::string hours = folder.write("h.csv", "2019,12,31,22,1\n2019,12,31,23,2\n");
  const Series numbers =
      read_series(hours, {.time_column = "1, 2, 3, 4", .time_format = "%Y %m %d %H"});
  EXPECT_EQ(time_after(numbers, 2), "2020 01 01 01");
  EXPECT_EQ(numbers.column_names, (Names{"column 5"}));
  const std::string one = folder.write("o.csv", "\"a,b\",y\n2019,1\n2020,2\n");
  EXPECT_EQ(read_series(one, {.time_column = "a,b"}).time_name, "a,b");
}

TEST(SeriesTimes, MayCountSeconds) {
  const Series s = read({"1577836800", "1577840400"}, {.time_format = "%s"});
  EXPECT_EQ(s.frequency, Frequency::kHourly);
  EXPECT_EQ(s.hours, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(time_after(s, 1), "1577844000");
  EXPECT_EQ(read({"1577836800000", "1577840400000"}, {.time_format = "%Q"}).seconds, s.seconds);
}

}  // namespace
}  // namespace unroll
