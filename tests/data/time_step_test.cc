#include "unroll/data/time_step.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/date_pattern.h"

namespace unroll {
namespace {

using Texts = std::vector<std::string>;

std::int64_t at(const std::string& text) {
  const bool timed = text.find(':') != text.npos;
  return detail::read_date(timed ? "%Y-%m-%d %H:%M" : "%Y-%m-%d", text).value().microseconds;
}

TimeStep step_of(const Texts& texts) {
  std::vector<std::int64_t> times;
  for (const std::string& text : texts) times.push_back(at(text));
  return time_step_of(times);
}

std::string after(const TimeStep& step, const std::string& text, std::int64_t count) {
  const bool timed = text.find(':') != text.npos;
  return detail::write_date(timed ? "%Y-%m-%d %H:%M" : "%Y-%m-%d",
                            {steps_after(step, at(text), count)});
}

// Days from the Monday 2024-01-01 on, those that the pattern of a week marks.
Texts days(int count, const std::string& week) {
  Texts texts;
  for (int day = 0; day < count; ++day) {
    if (week[static_cast<std::size_t>(day % 7)] == '.') continue;
    texts.push_back(detail::write_date("%Y-%m-%d", {at("2024-01-01") + day * detail::kDay}));
  }
  return texts;
}

TEST(TimeStep, FitsTimesThatAreWholeStepsApart) {
  const TimeStep work_days = step_of(days(70, "xxxxx.."));
  const auto fits_days = [&](const TimeStep& step, const Texts& texts) {
    std::vector<std::int64_t> times;
    for (const std::string& text : texts) times.push_back(at(text));
    return fits(step, times);
  };
  EXPECT_TRUE(fits_days(work_days, {"2024-01-05"}));
  EXPECT_TRUE(fits_days(work_days, {"2024-01-04", "2024-01-05", "2024-01-09"}));
  EXPECT_FALSE(fits_days(work_days, {"2024-01-05", "2024-01-06"})) << "a Saturday";
  EXPECT_FALSE(fits_days({}, {"2024-01-05"}));
  const TimeStep ends = step_of({"2018-01-31", "2018-02-28", "2018-03-31"});
  EXPECT_TRUE(fits_days(ends, {"2019-02-28", "2019-06-30"}));
  EXPECT_FALSE(fits_days(ends, {"2019-02-28", "2019-03-28"}));
}

TEST(TimeStep, GoesBySpacingAndCalendar) {
  const struct {
    Texts texts;
    const char *name, *next, *after_that;
  } cases[] = {
      {{"2024-01-01", "2024-01-02", "2024-01-03"}, "daily", "2024-01-04", "2024-01-05"},
      {{"2024-01-01", "2024-01-08", "2024-01-15"}, "weekly", "2024-01-22", "2024-01-29"},
      {{"2018-01-31", "2018-02-28", "2018-03-31"},
       "monthly, on the last day of the month",
       "2018-04-30",
       "2018-05-31"},
      {{"2018-11-30", "2018-12-30", "2019-01-30"}, "monthly", "2019-02-28", "2019-03-30"},
      {{"2018-01-01", "2018-02-01", "2018-04-01"}, "monthly", "2018-05-01", "2018-06-01"},
      {{"2018-01-01", "2018-04-01", "2018-07-01"}, "quarterly", "2018-10-01", "2019-01-01"},
      {{"2018-01-01", "2018-07-01", "2019-01-01"}, "every 6 months", "2019-07-01", "2020-01-01"},
      {{"2016-02-29", "2017-02-28", "2018-02-28"},
       "yearly, on the last day of the month",
       "2019-02-28",
       "2020-02-29"},
      {{"2024-01-01", "2024-01-29", "2024-02-26"}, "every 4 weeks", "2024-03-25", "2024-04-22"},
      {{"2024-01-01 00:00", "2024-01-01 01:00"}, "hourly", "2024-01-01 02:00", "2024-01-01 03:00"},
      {{"2024-01-01 23:40", "2024-01-01 23:50"},
       "every 10 minutes",
       "2024-01-02 00:00",
       "2024-01-02 00:10"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const TimeStep step = step_of(c.texts);
    EXPECT_EQ(time_step_text(step), c.name);
    EXPECT_EQ(after(step, c.texts.back(), 1), c.next);
    EXPECT_EQ(after(step, c.texts.back(), 2), c.after_that);
    EXPECT_EQ(steps_between(step, at(c.texts.back()), at(c.after_that)), 2);
  }
  EXPECT_FALSE(step_of({"2024-01-01"}).is_known());
  EXPECT_EQ(time_step_text(step_of({})), "");
}

TEST(TimeStep, DaysOfTheWeekThatOccur) {
  const TimeStep business = step_of(days(60, "MTWTF.."));
  EXPECT_EQ(business.days_of_week(), 5u);
  EXPECT_EQ(time_step_text(business), "daily, Monday to Friday");
  EXPECT_EQ(after(business, "2024-03-01", 1), "2024-03-04");  // a Friday
  EXPECT_EQ(after(business, "2024-03-01", 12), "2024-03-19");
  EXPECT_EQ(steps_between(business, at("2024-03-01"), at("2024-03-04")), 1);
  EXPECT_EQ(steps_between(business, at("2024-03-01"), at("2024-03-19")), 12);
  const TimeStep six = step_of(days(60, "MTWTFS."));
  EXPECT_EQ(six.days_of_week(), 6u);
  EXPECT_EQ(after(six, "2024-03-02", 1), "2024-03-04");
  EXPECT_EQ(step_of(days(60, "MTWTFSS")).days_of_week(), 7u);
  EXPECT_EQ(step_of(days(10, "MTWTF..")).days_of_week(), 7u);  // too short to tell
  // A gap of years leaves no day that occurs often.
  EXPECT_EQ(step_of({"2024-01-01", "2024-01-02", "2024-01-03", "2034-01-03"}).days_of_week(), 7u);
  // A holiday does not take its day away, and one Saturday does not bring it back.
  Texts texts = days(300, "MTWTF..");
  texts.erase(texts.begin() + 20);
  texts.insert(texts.begin() + 15, "2024-01-20");
  EXPECT_EQ(step_of(texts).days_of_week(), 5u);
}

TEST(TimeStep, EndsWithTheYear9999) {
  const TimeStep decades = step_of({"2000-01-01", "2010-01-01", "2020-01-01"});
  EXPECT_EQ(after(decades, "2020-01-01", 797), "9990-01-01");
  EXPECT_EQ(steps_after(decades, at("2020-01-01"), 798), kLastTime);
  EXPECT_EQ(steps_after(decades, at("2020-01-01"), 1 << 30), kLastTime);
  const TimeStep ages = step_of({"0001-01-01 00:00", "9990-01-01 00:01"});
  EXPECT_EQ(steps_after(ages, at("9990-01-01 00:01"), 1 << 30), kLastTime);
}

TEST(TimeStep, CountsStepsBeforeTheEpoch) {
  const TimeStep business = step_of(days(60, "MTWTF.."));
  EXPECT_EQ(after(business, "1969-12-26", 5), "1970-01-02");
  EXPECT_EQ(steps_between(business, at("1969-12-26"), at("1970-01-02")), 5);
  const TimeStep monthly = step_of({"1969-10-31", "1969-11-30", "1969-12-31"});
  EXPECT_EQ(after(monthly, "1969-12-31", 2), "1970-02-28");
}

}  // namespace
}  // namespace unroll
