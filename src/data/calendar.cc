#include "unroll/data/calendar.h"

#include <chrono>

#include "data/date_readings.h"

namespace unroll {

std::optional<std::int64_t> parse_date(std::string_view text) {
  for (const detail::DateReading& reading : detail::date_readings()) {
    if (reading.has_rival || reading.lacks_century) continue;
    const auto time = detail::read_date(reading, text);
    if (!time) continue;
    const std::int64_t seconds =
        std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(time->microseconds))
            .count();
    return seconds - time->offset.value_or(0);
  }
  return std::nullopt;
}

CalendarTime calendar_time(std::int64_t since_epoch) {
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(since_epoch));
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const auto weekday = std::chrono::weekday(midnight).iso_encoding() - 1;
  const auto hour = std::chrono::duration_cast<std::chrono::hours>(time - midnight).count();
  return {static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
          static_cast<std::uint8_t>(weekday), static_cast<std::uint8_t>(hour)};
}

}  // namespace unroll
