// Columns of dates, patterns and steps from any bytes: a line a text; the first line is a pattern,
// or empty. What is read can be written and read again, and steps lead where they should.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "data/date_readings.h"
#include "unroll/data/calendar.h"
#include "unroll/data/time_step.h"

namespace {

using unroll::detail::WallTime;

void check(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

void check_steps(std::vector<std::int64_t> times) {
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  const unroll::TimeStep step = unroll::time_step_of(times);
  static_cast<void>(unroll::time_step_text(step));
  check(step.days_of_week() > 0);
  for (std::size_t t = 0; t + 1 < times.size(); ++t) {
    check(unroll::steps_between(step, times[t], times[t + 1]) >= 1);
  }
  if (!step.is_known()) return;
  for (const std::int64_t count : {1, 2, 13, 1 << 16}) {
    const std::int64_t next = unroll::steps_after(step, times.back(), count);
    check(next > times.back());
    if (next == unroll::kLastTime) continue;
    check(unroll::steps_between(step, times.back(), next) == count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> lines = lines_of({reinterpret_cast<const char*>(data), size});
  const std::string pattern = lines.front();
  lines.erase(lines.begin());
  for (const std::string& text : lines) {
    if (unroll::parse_date(text)) check(unroll::detail::is_date(text));
  }
  if (!pattern.empty() && unroll::detail::pattern_problem(pattern) != nullptr) return 0;
  try {
    const unroll::detail::ReadDates dates = unroll::detail::read_dates(lines, pattern, "");
    check(dates.times.size() == lines.size());
    std::vector<std::int64_t> times;
    for (const WallTime& time : dates.times) {
      times.push_back(time.microseconds);
      static_cast<void>(unroll::detail::write_date(dates.pattern, time));
      const std::string plain = unroll::detail::write_date("%Y-%m-%dT%H:%M:%S.%f", time);
      check(unroll::detail::read_date("%Y-%m-%dT%H:%M:%S.%f", plain)->microseconds ==
            time.microseconds);
    }
    if (!times.empty()) check_steps(std::move(times));
  } catch (const unroll::detail::DateProblem& problem) {
    check(problem.row < lines.size() && problem.what.find('\n') == std::string::npos);
  }
  return 0;
}
