#include "unroll/data/calendar.h"

#include <gtest/gtest.h>

namespace unroll {
namespace {

TEST(Calendar, ReadsDates) {
  constexpr std::int64_t kDay = 86400;
  const struct {
    const char* text;
    std::int64_t seconds;
  } cases[] = {{"1970", 0},
               {"1970-02", 31 * kDay},
               {"1970-01-02", kDay},
               {"1970/01/02", kDay},
               {"19700102", kDay},
               {" 1970-01-02 ", kDay},
               {"1969-12-31", -kDay},
               {"2000-03-01", 11017 * kDay},
               {"1970-01-01T00:01", 60},
               {"1970-01-01 01:00:05", 3605},
               {"1970/01/01T23:59:59Z", kDay - 1},
               {"2024-02-29", 19782 * kDay},
               {"1970-1", 0},
               {"1970-1-2", kDay},
               {"1970-01-01T0:01", 60},
               {"1970-01-01T00:00:01.75", 1},
               {"1970-01-01T02:00:00+01:00", 3600},
               {"1970-01-01 01:00 PM", 13 * 3600},
               {"02.01.1970", kDay},
               {"1970Q1", 0},
               {"1970-W01-5", kDay},
               {"Feb 1970", 31 * kDay},
               {"2 January 1970", kDay}};
  for (const auto& [text, seconds] : cases) {
    ASSERT_TRUE(parse_date(text)) << text;
    EXPECT_EQ(*parse_date(text), seconds) << text;
  }
}

TEST(Calendar, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           "x",
                           "197",
                           "19700",
                           "1970-13",
                           "1970-00",
                           "1970-02-30",
                           "2023-02-29",
                           "1970-01-01T",
                           "1970-01-01T24:00",
                           "1970-01-01T00:60",
                           "1970-01-01T00:00:60",
                           "1970T00:00",
                           "1970-01T00:00",
                           "19700101T00:00",
                           "1970-01/01",
                           "1970/01",
                           "1970-01-011",
                           "1970-01-01x",
                           "19701301",
                           "1970010a",
                           "-1970",
                           "197001",
                           "1970-01-01T00:00:00+01:0",
                           "01/02/1970",
                           "13/01/1970",
                           "Jan-70",
                           "1970-01-01T00:00x"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(Calendar, KnowsMonthWeekdayAndHour) {
  const auto at = [](const char* text) { return calendar_time(*parse_date(text)); };
  EXPECT_EQ(at("1970-01-01").weekday, 3);  // a Thursday
  EXPECT_EQ(at("2024-02-29T17:30").month, 2);
  EXPECT_EQ(at("2024-02-29T17:30").weekday, 3);
  EXPECT_EQ(at("2024-02-29T17:30").hour, 17);
  EXPECT_EQ(at("1969-12-31T23:59:59").weekday, 2);
  EXPECT_EQ(at("1969-12-31T23:59:59").hour, 23);
  EXPECT_EQ(at("1969-12-31T23:59:59").month, 12);
  EXPECT_EQ(at("2024-03-04").weekday, 0);  // a Monday
  EXPECT_EQ(at("2024-03-10").weekday, 6);
}

}  // namespace
}  // namespace unroll
