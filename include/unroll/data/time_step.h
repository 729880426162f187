#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#pragma GCC visibility push(default)

namespace unroll {

// How a series goes from one step to the next: months, on the same day of each; or a time that is
// always the same, over days of the week that do not occur. Times are microseconds from
// 1970-01-01T00:00.
struct TimeStep {
  std::int64_t microseconds = 0;  // 0: not known, or months
  int months = 0;
  int day = 0;                   // of months: 1 … 31; the last one where a month has fewer
  std::uint8_t weekdays = 0x7f;  // of days: bit 0, Monday, … 6: those that occur

  bool is_known() const { return microseconds > 0 || months > 0; }
  bool is_daily() const;
  // Of a week, where steps are days.
  std::size_t days_of_week() const;
};

// Of times that rise: the step that is most frequent in the middle, months where the distances are
// such. A day of the week occurs that is there in a tenth of the weeks, two weeks at least.
TimeStep time_step_of(std::span<const std::int64_t> times);

// The end of the year 9999.
inline constexpr std::int64_t kLastTime = 253'402'300'799'999'999;

// The time `count` steps after `time`, at most kLastTime.
std::int64_t steps_after(const TimeStep& step, std::int64_t time, std::int64_t count);

// Steps from `from` to a later time, rounded, at least 1; 1 where the step is not known.
std::int64_t steps_between(const TimeStep& step, std::int64_t from, std::int64_t to);

// Whether times that rise are whole steps apart.
bool fits(const TimeStep& step, std::span<const std::int64_t> times);

// "daily", "daily, Monday to Friday", "monthly, on the last day", "every 10 minutes", …
std::string time_step_text(const TimeStep& step);

}  // namespace unroll

#pragma GCC visibility pop
