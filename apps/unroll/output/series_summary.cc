#include "output/series_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "output/progress.h"
#include "support/quote.h"

namespace unroll::app {
namespace {

constexpr std::size_t kShownColumns = 5;

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tab" : delimiter == ',' ? "comma" : std::string(1, delimiter);
}

std::string steps_text(std::size_t count) {
  return thousands(count) + (count == 1 ? " step" : " steps");
}

// The first of a list, and how many more there are.
template <class Items, class Text>
std::string shortened(const Items& items, const Text& text_of) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kShownColumns, items.size()); ++i) {
    text += (i > 0 ? ", " : "") + text_of(items[i]);
  }
  if (items.size() > kShownColumns)
    text += fmt::format(" and {} more", items.size() - kShownColumns);
  return text;
}

std::string column_text(const SeriesSummary::Column& column) {
  const std::string missing =
      column.missing > 0 ? fmt::format(", {} missing", thousands(column.missing)) : "";
  const char* const evenly =
      column.rises_evenly
          ? ", rises by the same in every row: are these times (--time), or numbers "
            "of rows (--ignore)?"
          : "";
  return fmt::format("{} {:.6g} to {:.6g} (mean {:.6g}{}{})", quote(column.name), column.least,
                     column.most, column.mean, missing, evenly);
}

std::string times_text(const SeriesSummary& s) {
  if (s.time_name.empty()) return "no column of times";
  std::string text = fmt::format("time {} from {} to {}", quote(s.time_name), printable(s.first),
                                 printable(s.last));
  if (s.time_format.empty()) return text;
  text += fmt::format(" ({}{})", printable(s.time_format), s.step.empty() ? "" : ", " + s.step);
  if (s.notes.inserted > 0) text += fmt::format(", {} inserted", steps_text(s.notes.inserted));
  if (s.absent > 0) {
    text += fmt::format(
        ", {} absent from {} on, whose neighbours count as one step apart (in training, "
        "--insert-missing gives absent steps rows)",
        steps_text(s.absent), printable(s.first_absent));
  }
  return text;
}

}  // namespace

Json to_json(const SeriesSummary& s, const ForecastScheme& scheme) {
  Json columns = Json::array(), left_out = Json::array();
  for (const SeriesSummary::Column& column : s.columns) {
    columns.push_back({{"name", column.name},
                       {"least", column.least},
                       {"mean", column.mean},
                       {"most", column.most},
                       {"missing", column.missing},
                       {"rises_evenly", column.rises_evenly}});
  }
  for (const SeriesNotes::LeftOut& column : s.notes.left_out) {
    left_out.push_back({{"name", column.name}, {"why", column.why}});
  }
  Json time = nullptr;
  if (!s.time_name.empty()) {
    time = {{"name", s.time_name}, {"format", s.time_format}, {"first", s.first}, {"last", s.last}};
  }
  Json data = {{"file", s.file},
               {"format", "csv"},
               {"delimiter", delimiter_name(s.notes.delimiter)},
               {"header", s.notes.header},
               {"steps", s.steps},
               {"columns", columns},
               {"left_out", left_out},
               {"time", time},
               {"frequency", s.step},
               {"absent", s.absent},
               {"inserted", s.notes.inserted},
               {"reversed", s.notes.reversed},
               {"missing", missing_name(scheme.options().missing)}};
  data["transform"] = transform_name(*scheme.options().transform);
  data["input"] = forecast_input_name(*scheme.options().input);
  data["lags"] = scheme.options().lags;
  data["horizon"] = scheme.options().horizon;
  data["season"] = scheme.season();
  return data;
}

std::string choices_text(const Json& data) {
  const auto season = data.value("season", std::uint64_t{0});
  return fmt::format("transform {}, input {}, {} lags, horizon {}, {}", data["transform"].text(),
                     data["input"].text(), data["lags"].get<std::uint64_t>(),
                     data["horizon"].get<std::uint64_t>(),
                     season > 0 ? fmt::format("season {}", season) : std::string("no season"));
}

std::string to_text(const SeriesSummary& s, const ForecastScheme& scheme) {
  const std::string start = "unroll: read " + printable(s.file) + ": ";
  std::string text =
      start + fmt::format("csv ({}, header {}), {} steps, {}{}\n",
                          delimiter_name(s.notes.delimiter), s.notes.header ? "yes" : "no",
                          thousands(s.steps), times_text(s),
                          s.notes.reversed ? ", newest first in the file and read in reverse" : "");
  text += start + "values: " + shortened(s.columns, column_text);
  if (!s.notes.left_out.empty()) {
    text += "; left out: " + shortened(s.notes.left_out, [](const SeriesNotes::LeftOut& column) {
              return fmt::format("{} ({})", quote(column.name), column.why);
            });
    text += " (--column decides)";
  }
  return text + "; " + choices_text(to_json(s, scheme)) + "\n";
}

}  // namespace unroll::app
