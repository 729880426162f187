#include "data/date_readings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "data/number.h"
#include "support/quote.h"

namespace unroll::detail {
namespace {

// What may follow a day, without the offset.
constexpr std::array<std::string_view, 6> kClocks = {"%H:%M:%S",    "%H:%M",    "%H:%M:%S.%f",
                                                     "%I:%M:%S %p", "%I:%M %p", "%I %p"};
constexpr std::size_t kShownForms = 400;  // rows that say how times are written

struct Clock {
  std::string_view pattern;
  bool offset;
};

std::optional<Clock> take_clock(std::string_view text, DateFields& fields) {
  for (const std::string_view pattern : kClocks) {
    DateFields tried = fields;
    std::string_view rest = text;
    if (!take_date(pattern, rest, tried)) continue;
    const bool offset = !rest.empty();
    if (offset && (!take_date("%z", rest, tried) || !rest.empty())) continue;
    fields = tried;
    return Clock{pattern, offset};
  }
  return std::nullopt;
}

// write(pattern, separator, clock) of the form that fits.
template <class Write>
std::optional<WallTime> read(const DateReading& reading, std::string_view text,
                             const Write& write) {
  text = trim(text);
  for (const DateReading::Form& form : reading.forms) {
    DateFields fields;
    std::string_view rest = text;
    if (!take_date(form.pattern, rest, fields)) continue;
    char separator = 0;
    Clock clock = {};
    if (!rest.empty()) {
      separator = rest[0];
      if (!form.timed || (separator != 'T' && separator != ' ')) continue;
      rest.remove_prefix(1);
      while (separator == ' ' && rest.starts_with(' ')) rest.remove_prefix(1);
      const auto found = take_clock(rest, fields);
      if (!found) continue;
      clock = *found;
    }
    const auto time = wall_time(fields);
    if (!time) continue;
    write(form.pattern, separator, clock);
    return time;
  }
  return std::nullopt;
}

std::string without_padding(const std::string& pattern, std::string_view directives) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    text += pattern[i];
    const bool here = pattern[i] == '%' && i + 1 < pattern.size();
    if (here && directives.find(pattern[i + 1]) != directives.npos) text += '-';
  }
  return text;
}

// The pattern, with or without leading zeros, that writes most of the last times as they are.
std::string written_pattern(const std::string& pattern, std::span<const std::string> texts,
                            std::span<const WallTime> times) {
  std::string best = pattern;
  std::size_t most = 0;
  for (const char* const plain : {"", "md", "HI", "mdHI"}) {
    const std::string tried = without_padding(pattern, plain);
    std::size_t same = 0;
    for (std::size_t t = texts.size() - std::min(texts.size(), kShownForms); t < texts.size();
         ++t) {
      same += write_date(tried, times[t]) == trim(texts[t]) ? 1 : 0;
    }
    if (same > most) most = same, best = tried;
  }
  return best;
}

ReadDates read_all(const DateReading& reading, std::span<const std::string> texts) {
  ReadDates dates;
  dates.times.reserve(texts.size());
  for (const std::string& text : texts) dates.times.push_back(*read_date(reading, text));
  const std::string pattern = read_written_date(reading, texts.back())->pattern;
  dates.pattern = written_pattern(pattern, texts, dates.times);
  return dates;
}

ReadDates read_pattern(std::span<const std::string> texts, std::string_view pattern) {
  ReadDates dates;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const auto time = read_date(pattern, texts[row]);
    if (!time) {
      throw DateProblem{row, quote(texts[row]) + " is no date of the form " + printable(pattern) +
                                 ", which was asked for"};
    }
    dates.times.push_back(*time);
  }
  dates.pattern = written_pattern(std::string(pattern), texts, dates.times);
  return dates;
}

// Whether a pattern that a column was once read with is one of this reading.
bool writes(const DateReading& reading, std::string_view pattern) {
  std::string padded;
  for (const char c : pattern) {
    if (c != '-' || !padded.ends_with('%')) padded += c;
  }
  return std::any_of(reading.forms.begin(), reading.forms.end(),
                     [&](const auto& form) { return padded.starts_with(form.pattern); });
}

std::string pattern_of(const DateReading& reading, const std::string& text) {
  return read_written_date(reading, text)->pattern;
}

// "%d/%m/%Y (2020-02-01) or %m/%d/%Y (2020-01-02)"
std::string choices(const std::vector<const DateReading*>& readings, const std::string& text) {
  std::string shown;
  for (const DateReading* reading : readings) {
    const WrittenTime read = *read_written_date(*reading, text);
    shown += (shown.empty() ? "" : " or ") + quote(read.pattern) + " (" +
             write_date("%Y-%m-%d", read.time) + ")";
  }
  return shown;
}

// The first row that no reading of the rows before fits.
DateProblem no_reading(std::span<const std::string> texts, std::size_t row,
                       const std::vector<const DateReading*>& before) {
  if (row == 0 || !is_date(texts[row])) {
    return {row, quote(texts[row]) +
                     " is no date; wanted such as 2024, 2024-02, 2024-02-29, 20240229, "
                     "2024-02-29T23:59, 29/2/2024, 29.02.2024, 2024Q1, 2024-W09 or Feb 2024; or "
                     "give its form, as in --time-format %d/%m/%Y"};
  }
  return {row, quote(texts[row]) + " is no date of the form " +
                   quote(pattern_of(*before.front(), texts[row - 1])) + ", as " +
                   quote(texts[row - 1]) + " before it; all rows want one form"};
}

// The row whose date differs most clearly between two readings; none where all agree.
std::optional<std::size_t> differing_row(std::span<const std::string> texts, const DateReading& a,
                                         const DateReading& b) {
  for (std::size_t row = 0; row < texts.size(); ++row) {
    if (read_date(a, texts[row])->microseconds != read_date(b, texts[row])->microseconds) {
      return row;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> read_date(const DateReading& reading, std::string_view text) {
  return read(reading, text, [](std::string_view, char, const Clock&) {});
}

std::optional<WrittenTime> read_written_date(const DateReading& reading, std::string_view text) {
  WrittenTime written;
  const auto time = read(reading, text, [&](std::string_view form, char separator, Clock clock) {
    written.pattern = form;
    if (separator == 0) return;
    written.pattern += separator;
    written.pattern += clock.pattern;
    if (clock.offset) written.pattern += text.ends_with('Z') ? "Z" : "%z";
  });
  if (!time) return std::nullopt;
  written.time = *time;
  return written;
}

bool is_date(std::string_view text) {
  return std::any_of(date_readings().begin(), date_readings().end(),
                     [&](const DateReading& reading) { return read_date(reading, text); });
}

bool is_clock(std::string_view text) {
  DateFields fields;
  return take_clock(text, fields).has_value();
}

ReadDates read_dates(std::span<const std::string> texts, std::string_view pattern,
                     std::string_view usual) {
  if (texts.empty()) return {};
  if (!pattern.empty()) return read_pattern(texts, pattern);
  std::vector<const DateReading*> fit;
  for (const DateReading& reading : date_readings()) fit.push_back(&reading);
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const auto fits = [&](const DateReading* reading) {
      return read_date(*reading, texts[row]).has_value();
    };
    if (std::all_of(fit.begin(), fit.end(), fits)) continue;
    if (std::none_of(fit.begin(), fit.end(), fits)) throw no_reading(texts, row, fit);
    std::erase_if(fit, [&](const DateReading* reading) { return !fits(reading); });
  }
  for (const DateReading* reading : fit) {
    if (!usual.empty() && writes(*reading, usual)) return read_all(*reading, texts);
  }
  if (fit.front()->lacks_century) {
    throw DateProblem{0, quote(texts[0]) + " has a year of two digits, which has no century; say " +
                             choices(fit, texts[0]) +
                             " with --time-format, where %y means 1969 to "
                             "2068, or write the years in full"};
  }
  for (std::size_t i = 1; i < fit.size(); ++i) {
    const auto row = differing_row(texts, *fit[0], *fit[i]);
    if (!row) continue;
    throw DateProblem{*row, quote(texts[*row]) + ", and every other row, may be " +
                                choices(fit, texts[*row]) + "; say which with --time-format"};
  }
  return read_all(*fit.front(), texts);
}

}  // namespace unroll::detail
