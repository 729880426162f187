#include "data/date_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace unroll::detail {
namespace {

constexpr std::int64_t kHour = 3600 * kSecond;

TEST(DatePattern, ReadsAndWrites) {
  const struct {
    const char *pattern, *text;
    std::int64_t microseconds;
  } cases[] = {
      {"%Y-%m-%d", "1970-01-02", kDay},
      {"%Y%m%d", "19700102", kDay},
      {"%d/%m/%Y", "02/01/1970", kDay},
      {"%-d/%-m/%Y", "2/1/1970", kDay},
      {"%d.%m.%y", "02.01.70", kDay},
      {"%b %Y", "Feb 1970", 31 * kDay},
      {"%d %B %Y", "02 January 1970", kDay},
      {"%YQ%q", "1970Q2", 90 * kDay},
      {"%G-W%V", "1970-W01", -3 * kDay},
      {"%G-W%V-%u", "1970-W02-4", 7 * kDay},
      {"%G-W%V", "2020-W53", 18624 * kDay},
      {"%Y-%m-%dT%H:%M:%S", "1969-12-31T23:59:59", -kSecond},
      {"%Y-%m-%d %I:%M %p", "1970-01-01 12:30 AM", kHour / 2},
      {"%Y-%m-%d %I:%M %p", "1970-01-01 12:30 PM", 12 * kHour + kHour / 2},
      {"%H:%M:%S.%f %Y", "00:00:01.250000 1970", kSecond + kSecond / 4},
      {"%Y-%m-%d %H:%M%z", "1970-01-01 01:00-05:30", kHour},
      {"100%% %Y", "100% 1970", 0},
      {"%s", "86400", kDay},
      {"%s", "-86400", -kDay},
      {"%s.%f", "1.500000", kSecond + kSecond / 2},
      {"%Q", "86400250", kDay + kSecond / 4},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(pattern_problem(c.pattern), nullptr);
    const auto time = read_date(c.pattern, c.text);
    ASSERT_TRUE(time);
    EXPECT_EQ(time->microseconds, c.microseconds);
    EXPECT_EQ(write_date(c.pattern, *time), c.text);
  }
}

TEST(DatePattern, ReadsWhatItDoesNotWrite) {
  const auto at = [](const char* pattern, const char* text) {
    return read_date(pattern, text).value().microseconds;
  };
  EXPECT_EQ(at("%d/%m/%Y", " 2/1/1970 "), kDay);
  EXPECT_EQ(at("%d %b %Y", "2 JANUARY  1970"), kDay);
  EXPECT_EQ(at("%Y Q%q", "1970q2"), 90 * kDay);
  EXPECT_EQ(at("%Y-%m-%d %H:%M:%S.%f", "1970-01-01 0:00:00.5"), kSecond / 2);
  EXPECT_EQ(at("%Y-%m-%d %H:%M:%S.%f", "1970-01-01 00:00:00.123456789"), 123456);
  for (const char* offset : {"+01:30", "+0130", " +01:30"}) {
    EXPECT_EQ(read_date("%Y%z", std::string("1970") + offset)->offset, 5400) << offset;
  }
  for (const char* offset : {"Z", "z", " UTC", "+00"}) {
    EXPECT_EQ(read_date("%Y%z", std::string("1970") + offset)->offset, 0) << offset;
  }
}

// POSIX: 69 to 99 are of the last century.
TEST(DatePattern, YearsOfTwoDigits) {
  EXPECT_EQ(read_date("%y", "69")->microseconds, -365 * kDay);
  EXPECT_EQ(read_date("%y", "70")->microseconds, 0);
  EXPECT_EQ(write_date("%Y", *read_date("%y", "68")), "2068");
}

TEST(DatePattern, RefusesWhatDoesNotExist) {
  const struct {
    const char *pattern, *text;
  } cases[] = {{"%Y-%m-%d", "2023-02-29"},
               {"%Y-%m-%d", "1970-13-01"},
               {"%Y-%m-%d", "70-01-01"},
               {"%Y%m%d", "1970011"},
               {"%YQ%q", "1970Q5"},
               {"%YQ%q", "1970Q0"},
               {"%G-W%V", "2019-W53"},
               {"%G-W%V", "2020-W54"},
               {"%G-W%V-%u", "2020-W01-8"},
               {"%b %Y", "Foo 1970"},
               {"%Y %H:%M", "1970 24:00"},
               {"%Y %I %p", "1970 13 PM"},
               {"%Y %I %p", "1970 1 XM"},
               {"%Y", "1970x"},
               {"%Y", ""},
               {"%Y%z", "1970+1"},
               {"%Y%z", "1970+24:00"},
               {"%Y%z", "1970+01:"},
               {"%Y.%f", "1970."},
               {"%s", "999999999999"},
               {"%s", "x"},
               {"%Q", "1.5"},
               {"%d/%m/%Y", "1-1-1970"}};
  for (const auto& c : cases) EXPECT_FALSE(read_date(c.pattern, c.text)) << c.text;
}

TEST(DatePattern, SaysWhatIsWrongWithAPattern) {
  for (const char* pattern : {"%Y-%x", "%Y %", "%Y %-", "%Y %J"}) {
    EXPECT_NE(std::string(pattern_problem(pattern)).find("stands for nothing"), std::string::npos);
  }
  EXPECT_NE(pattern_problem("%d/%m"), nullptr);
  EXPECT_NE(pattern_problem(""), nullptr);
}

// Every day of some years, and every week, comes back.
TEST(DatePattern, ComesBack) {
  for (const char* pattern : {"%Y-%m-%d", "%d/%m/%Y", "%G-W%V-%u", "%d %b %Y", "%Y%m%d"}) {
    for (std::int64_t day = 365 * 20; day < 365 * 40; ++day) {
      const std::string text = write_date(pattern, {day * kDay});
      ASSERT_EQ(read_date(pattern, text)->microseconds, day * kDay) << text;
    }
  }
}

}  // namespace
}  // namespace unroll::detail
