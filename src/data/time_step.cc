#include "unroll/data/time_step.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "data/date_pattern.h"

namespace unroll {
namespace {

using detail::kDay;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::uint8_t kAllDays = 0x7f;
constexpr int kMonthEnd = 31;

// Days from 1970-01-01, and what is left of them, also of times before it.
std::int64_t day_of(std::int64_t time) { return time / kDay - (time % kDay < 0 ? 1 : 0); }
std::int64_t clock_of(std::int64_t time) { return time - day_of(time) * kDay; }
std::int64_t weekday_of(std::int64_t day) { return ((day + 3) % 7 + 7) % 7; }

year_month_day date_of(std::int64_t time) { return sys_days(std::chrono::days(day_of(time))); }
std::int64_t month_of(const year_month_day& date) {
  return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1;
}
int day_number(const year_month_day& date) {
  return static_cast<int>(static_cast<unsigned>(date.day()));
}
int last_day(const year_month_day& date) {
  return static_cast<int>(
      static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
}

// Midnight of a day of a month, counted from the year 0, or of the last one that it has.
std::int64_t on_day(std::int64_t month, int day) {
  const year_month_day first(std::chrono::year(static_cast<int>(month / 12)),
                             std::chrono::month(static_cast<unsigned>(month % 12) + 1),
                             std::chrono::day(1));
  return (sys_days(first).time_since_epoch().count() + std::min(day, last_day(first)) - 1) * kDay;
}

// The smaller one of two, since steps that are absent make distances longer.
std::int64_t middle_of(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The day of the month that all dates are on, and the clock; 0 where they are not.
int common_day(std::span<const std::int64_t> times) {
  int most = 0;
  bool all_last = true;
  for (const std::int64_t time : times) {
    const year_month_day date = date_of(time);
    most = std::max(most, day_number(date));
    all_last = all_last && day_number(date) == last_day(date);
    if (clock_of(time) != clock_of(times[0])) return 0;
  }
  if (all_last) return kMonthEnd;
  for (const std::int64_t time : times) {
    const year_month_day date = date_of(time);
    if (day_number(date) != std::min(most, last_day(date))) return 0;
  }
  return most;
}

// Where the day of the month changes, as it does at the ends of business months, that of the last
// date stands for all, unless all distances are so many times the one in the middle.
TimeStep months_of(std::span<const std::int64_t> times, std::int64_t middle) {
  std::vector<std::int64_t> months;
  bool is_regular = true;
  for (std::size_t i = 1; i < times.size(); ++i) {
    months.push_back(month_of(date_of(times[i])) - month_of(date_of(times[i - 1])));
    is_regular = is_regular && (times[i] - times[i - 1]) % middle == 0;
  }
  int day = common_day(times);
  const std::int64_t step = middle_of(std::move(months));
  if (step < 1 || (day == 0 && is_regular)) return {};
  if (day == 0) day = day_number(date_of(times.back()));
  return {.months = static_cast<int>(step), .day = day};
}

// All days where those that occur are not nearly all of the times.
std::uint8_t weekdays_of(std::span<const std::int64_t> times) {
  const std::int64_t weeks = (day_of(times.back()) - day_of(times.front()) + 1) / 7;
  if (weeks < 2) return kAllDays;
  std::array<std::int64_t, 7> counts = {};
  for (const std::int64_t time : times) {
    ++counts[static_cast<std::size_t>(weekday_of(day_of(time)))];
  }
  unsigned found = 0;
  std::int64_t covered = 0;
  for (unsigned w = 0; w < 7; ++w) {
    if (10 * counts[w] < weeks) continue;
    found |= 1U << w;
    covered += counts[w];
  }
  const bool nearly_all = 10 * covered >= 9 * static_cast<std::int64_t>(times.size());
  return nearly_all ? static_cast<std::uint8_t>(found) : kAllDays;
}

bool occurs(const TimeStep& step, std::int64_t day) {
  return ((step.weekdays >> weekday_of(day)) & 1) != 0;
}

// Days that occur from day 0 to before this one, negative before day 0: 7 days hold as many each
// time.
std::int64_t occurring_before(const TimeStep& step, std::int64_t day) {
  const std::int64_t weeks = (day - (day % 7 + 7) % 7) / 7;
  std::int64_t count = weeks * static_cast<std::int64_t>(step.days_of_week());
  for (std::int64_t d = weeks * 7; d < day; ++d) count += occurs(step, d) ? 1 : 0;
  return count;
}

std::int64_t rounded(std::int64_t number, std::int64_t by) { return (number + by / 2) / by; }

std::string duration(std::int64_t microseconds) {
  const std::pair<std::int64_t, const char*> units[] = {{7 * kDay, "week"},
                                                        {kDay, "day"},
                                                        {3600 * detail::kSecond, "hour"},
                                                        {60 * detail::kSecond, "minute"},
                                                        {detail::kSecond, "second"},
                                                        {1000, "millisecond"},
                                                        {1, "microsecond"}};
  for (const auto& [size, name] : units) {
    if (microseconds % size != 0) continue;
    return "every " + std::to_string(microseconds / size) + " " + name + "s";
  }
  return "";
}

std::string weekdays_text(std::uint8_t weekdays) {
  const auto first = static_cast<std::size_t>(std::countr_zero(weekdays));
  const auto last = static_cast<std::size_t>(std::bit_width(weekdays)) - 1;
  const auto count = static_cast<std::size_t>(std::popcount(weekdays));
  if (last - first + 1 == count && count > 2) {
    return std::string(kWeekdays[first]) + " to " + std::string(kWeekdays[last]);
  }
  std::string text;
  for (std::size_t w = 0; w < kWeekdays.size(); ++w) {
    if (((weekdays >> w) & 1) == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(kWeekdays[w]);
  }
  return text;
}

}  // namespace

bool TimeStep::is_daily() const { return microseconds == kDay; }

std::size_t TimeStep::days_of_week() const {
  return static_cast<std::size_t>(std::popcount(weekdays));
}

TimeStep time_step_of(std::span<const std::int64_t> times) {
  if (times.size() < 2) return {};
  std::vector<std::int64_t> distances;
  for (std::size_t i = 1; i < times.size(); ++i) distances.push_back(times[i] - times[i - 1]);
  const std::int64_t middle = middle_of(std::move(distances));
  if (middle >= 28 * kDay) {
    const TimeStep months = months_of(times, middle);
    if (months.is_known()) return months;
  }
  TimeStep step = {.microseconds = middle};
  if (step.is_daily()) step.weekdays = weekdays_of(times);
  return step;
}

std::int64_t steps_after(const TimeStep& step, std::int64_t time, std::int64_t count) {
  if (step.months > 0) {
    constexpr std::int64_t kLastMonth = 9999 * 12 + 11;
    const std::int64_t now = month_of(date_of(time));
    if (count > (kLastMonth - now) / step.months) return kLastTime;
    return on_day(now + count * step.months, step.day) + clock_of(time);
  }
  const std::int64_t most = step.microseconds > 0 ? (kLastTime - time) / step.microseconds : count;
  if (count > most) return kLastTime;
  if (!step.is_daily() || step.weekdays == kAllDays) return time + count * step.microseconds;
  const auto days = static_cast<std::int64_t>(step.days_of_week());
  std::int64_t day = day_of(time) + (count / days) * 7;
  for (std::int64_t left = count % days; left > 0; left -= occurs(step, day) ? 1 : 0) ++day;
  return std::min(kLastTime, day * kDay + clock_of(time));
}

std::int64_t steps_between(const TimeStep& step, std::int64_t from, std::int64_t to) {
  if (!step.is_known()) return 1;
  std::int64_t steps = 0;
  if (step.months > 0) {
    steps = rounded(month_of(date_of(to)) - month_of(date_of(from)), step.months);
  } else if (!step.is_daily() || step.weekdays == kAllDays) {
    steps = rounded(to - from, step.microseconds);
  } else {
    steps = occurring_before(step, day_of(to) + 1) - occurring_before(step, day_of(from) + 1);
  }
  return std::max<std::int64_t>(1, steps);
}

bool fits(const TimeStep& step, std::span<const std::int64_t> times) {
  if (!step.is_known()) return false;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const std::int64_t steps = steps_between(step, times[i - 1], times[i]);
    if (steps_after(step, times[i - 1], steps) != times[i]) return false;
  }
  return true;
}

std::string time_step_text(const TimeStep& step) {
  if (step.months > 0) {
    const char* const name = step.months == 1    ? "monthly"
                             : step.months == 3  ? "quarterly"
                             : step.months == 12 ? "yearly"
                                                 : nullptr;
    return (name != nullptr ? name : "every " + std::to_string(step.months) + " months") +
           std::string(step.day == kMonthEnd ? ", on the last day of the month" : "");
  }
  if (step.microseconds == 0) return "";
  if (step.microseconds == 7 * kDay) return "weekly";
  if (step.microseconds == 3600 * detail::kSecond) return "hourly";
  if (!step.is_daily()) return duration(step.microseconds);
  return step.weekdays == kAllDays ? "daily" : "daily, " + weekdays_text(step.weekdays);
}

}  // namespace unroll
