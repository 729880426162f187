#include "data/date_readings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace unroll::detail {
namespace {

using Texts = std::vector<std::string>;

// The dates as YYYY-MM-DD, and a time that is not midnight.
Texts read(const Texts& texts, const char* pattern = "", const char* usual = "") {
  Texts shown;
  for (const WallTime& time : read_dates(texts, pattern, usual).times) {
    shown.push_back(
        write_date(time.microseconds % kDay == 0 ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S.%f", time));
  }
  return shown;
}

std::string problem(const Texts& texts, const char* pattern = "", const char* usual = "") {
  try {
    read_dates(texts, pattern, usual);
  } catch (const DateProblem& problem) {
    return std::to_string(problem.row) + ": " + problem.what;
  }
  return "";
}

TEST(DateReadings, TakeTheOneReadingThatFitsAllRows) {
  const struct {
    Texts texts, dates;
  } cases[] = {
      {{"01/02/2020", "13/02/2020"}, {"2020-02-01", "2020-02-13"}},
      {{"01/02/2020", "01/13/2020"}, {"2020-01-02", "2020-01-13"}},
      {{"1-2-2020", "13-2-2020"}, {"2020-02-01", "2020-02-13"}},
      {{"01.02.2020", "02.02.2020"}, {"2020-02-01", "2020-02-02"}},
      {{"2020-1-5", "2020-1-15"}, {"2020-01-05", "2020-01-15"}},
      {{"2020.01.05", "2020.01.15"}, {"2020-01-05", "2020-01-15"}},
      {{"2020-W01", "2020-W02"}, {"2019-12-30", "2020-01-06"}},
      {{"1970Q1", "1970Q2"}, {"1970-01-01", "1970-04-01"}},
      {{"1970 Q1", "1970 Q2"}, {"1970-01-01", "1970-04-01"}},
      {{"1970-Q1", "1970-Q2"}, {"1970-01-01", "1970-04-01"}},
      {{"1991 Jul", "1991 Aug"}, {"1991-07-01", "1991-08-01"}},
      {{"Jan 1991", "February 1991"}, {"1991-01-01", "1991-02-01"}},
      {{"Jan-1991", "Feb-1991"}, {"1991-01-01", "1991-02-01"}},
      {{"1 Jan 2020", "2 Jan 2020"}, {"2020-01-01", "2020-01-02"}},
      {{"01JAN2020", "02JAN2020"}, {"2020-01-01", "2020-01-02"}},
      {{"Jan 1, 2020", "Jan 2, 2020"}, {"2020-01-01", "2020-01-02"}},
      {{"13/01/2020 1:30 PM", "14/01/2020 12:00 AM"}, {"2020-01-13 13:30:00.000000", "2020-01-14"}},
      {{"2020-01-01 00:00:00", "2020-01-01 00:00:00.5"},
       {"2020-01-01", "2020-01-01 00:00:00.500000"}},
      {{"2020", "2020-02", "2020-02-03", "20200204"},
       {"2020-01-01", "2020-02-01", "2020-02-03", "2020-02-04"}},
      // Both readings mean the same days.
      {{"01/01/2019", "01/01/2020"}, {"2019-01-01", "2020-01-01"}},
  };
  for (const auto& c : cases) EXPECT_EQ(read(c.texts), c.dates) << c.texts[0];
}

TEST(DateReadings, AskWhereTwoFit) {
  const Texts texts = {"01/01/2020", "02/01/2020", "12/12/2020"};
  EXPECT_EQ(problem(texts),
            "1: '02/01/2020', and every other row, may be '%d/%m/%Y' (2020-01-02) or '%m/%d/%Y' "
            "(2020-02-01); say which with --time-format");
  EXPECT_EQ(read(texts, "%m/%d/%Y"), (Texts{"2020-01-01", "2020-02-01", "2020-12-12"}));
  EXPECT_EQ(read(texts, "", "%-d/%-m/%Y"), (Texts{"2020-01-01", "2020-01-02", "2020-12-12"}));
  EXPECT_EQ(read(texts, "", "%m/%d/%Y"), (Texts{"2020-01-01", "2020-02-01", "2020-12-12"}));
  EXPECT_NE(problem(texts, "", "%Y-%m-%d"), "");  // was another one
}

TEST(DateReadings, YearsOfTwoDigitsHaveToBeAskedFor) {
  const std::string got = problem({"Jan-49", "Feb-49"});
  EXPECT_NE(got.find("no century"), std::string::npos) << got;
  EXPECT_NE(got.find("'%b-%y' (2049-01-01)"), std::string::npos) << got;
  EXPECT_EQ(read({"Jan-71", "Feb-71"}, "%b-%y"), (Texts{"1971-01-01", "1971-02-01"}));
  const std::string both = problem({"01/02/20", "13/02/20"});
  EXPECT_NE(both.find("%d/%m/%y"), std::string::npos) << both;
  EXPECT_EQ(both.find("%m/%d/%y"), std::string::npos) << both;
}

TEST(DateReadings, NameTheRowThatDoesNotFit) {
  EXPECT_EQ(problem({"2020-01-01", "2020-02-30"}).find("1: '2020-02-30' is no date; wanted"), 0u);
  EXPECT_EQ(
      problem({"13/01/2020", "01/13/2020"}),
      "1: '01/13/2020' is no date of the form '%d/%m/%Y', as '13/01/2020' before it; all rows "
      "want one form");
  EXPECT_EQ(problem({"2020-01-01", "1/1/2020"}, "%Y-%m-%d"),
            "1: '1/1/2020' is no date of the form %Y-%m-%d, which was asked for");
}

TEST(DateReadings, KnowHowTimesAreWritten) {
  const auto written = [](const Texts& texts) { return read_dates(texts, "", "").pattern; };
  EXPECT_EQ(written({"13/01/2020", "14/01/2020"}), "%d/%m/%Y");
  EXPECT_EQ(written({"13/1/2020", "14/1/2020"}), "%-d/%-m/%Y");
  EXPECT_EQ(written({"9/10/2020", "10/10/2020", "14/10/2020"}), "%-d/%-m/%Y");
  EXPECT_EQ(written({"2020-01-01 9:30", "2020-01-01 10:30"}), "%Y-%m-%d %-H:%M");
  EXPECT_EQ(written({"2020-01-01T09:30:00Z"}), "%Y-%m-%dT%H:%M:%SZ");
  EXPECT_EQ(written({"2020-01-01 09:30:00+01:00"}), "%Y-%m-%d %H:%M:%S%z");
  EXPECT_EQ(written({"1991 Jul"}), "%Y %b");
  EXPECT_EQ(written({"1991Q3"}), "%YQ%q");
}

TEST(DateReadings, TellDatesFromOtherTexts) {
  for (const char* text : {"2020-01-01", "1/2/2020", "Jan-49", "2020", "1970Q1", "1.2.2020"}) {
    EXPECT_TRUE(is_date(text)) << text;
  }
  for (const char* text :
       {"", "x", "12", "1.5", "Jan", "Q1", "2020.5", "1/2", "D1", "2020-01-01x"}) {
    EXPECT_FALSE(is_date(text)) << text;
  }
}

}  // namespace
}  // namespace unroll::detail
