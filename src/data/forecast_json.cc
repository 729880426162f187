#include <algorithm>

#include "data/forecast_choice.h"
#include "support/json.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/forecast.h"

namespace unroll {
namespace {

constexpr std::size_t kMaxSeason = 366;

Frequency parse_frequency(const std::string& name) {
  constexpr Frequency kAll[] = {Frequency::kYearly, Frequency::kQuarterly, Frequency::kMonthly,
                                Frequency::kWeekly, Frequency::kDaily,     Frequency::kHourly,
                                Frequency::kOther};
  for (const Frequency frequency : kAll) {
    if (frequency_name(frequency) == name) return frequency;
  }
  throw ValueError("there is no frequency " + quote(name));
}

// get_to() would take -1 and 1e30 for sizes.
std::size_t size_of(const Json& json, const char* key, std::size_t most) {
  const Json& value = json.at(key);
  if (value.is_number_unsigned() && value.get<std::uint64_t>() >= 1 &&
      value.get<std::uint64_t>() <= most) {
    return value.get<std::size_t>();
  }
  throw ValueError(std::string(key) + " is " + printable(value.dump()) + "; wanted 1 to " +
                   std::to_string(most));
}

Json step_json(const TimeStep& step) {
  return {{"microseconds", static_cast<std::uint64_t>(step.microseconds)},
          {"months", static_cast<std::uint64_t>(step.months)},
          {"day", static_cast<std::uint64_t>(step.day)},
          {"weekdays", std::uint64_t{step.weekdays}}};
}

TimeStep step_of(const Json& json) {
  const auto number = [&](const char* name, std::uint64_t least, std::uint64_t most) {
    const auto value = json.at(name).get<std::uint64_t>();
    if (value < least || value > most) {
      throw ValueError(std::string(name) + " of the usual step is " + std::to_string(value));
    }
    return value;
  };
  TimeStep step;
  step.microseconds = static_cast<std::int64_t>(number("microseconds", 0, kLastTime));
  step.months = static_cast<int>(number("months", 0, 12'000));
  step.day = static_cast<int>(number("day", step.months > 0 ? 1 : 0, 31));
  step.weekdays = static_cast<std::uint8_t>(number("weekdays", 1, 0x7f));
  return step;
}

Json reader_json(const SeriesReaderOptions& reader) {
  return {{"time_column", reader.time_column},
          {"time_format", reader.time_format},
          {"usual_time_format", reader.usual_time_format},
          {"usual_step", step_json(reader.usual_step)},
          {"ignored_columns", reader.ignored_columns},
          {"header", reader.header},
          {"insert_missing", reader.insert_missing}};
}

SeriesReaderOptions reader_of(const Json& json) {
  SeriesReaderOptions reader;
  if (const Json& time = json.at("time_column"); !time.is_null()) reader.time_column = time.text();
  json.at("time_format").get_to(reader.time_format);
  json.at("usual_time_format").get_to(reader.usual_time_format);
  if (json.contains("usual_step")) reader.usual_step = step_of(json.at("usual_step"));
  json.at("ignored_columns").get_to(reader.ignored_columns);
  if (const Json& header = json.at("header"); !header.is_null()) {
    reader.header = header.get<bool>();
  }
  json.at("insert_missing").get_to(reader.insert_missing);
  return reader;
}

}  // namespace

std::string ForecastScheme::to_json() const {
  Json json = {{"columns", columns_},
               {"lags", options_.lags},
               {"horizon", options_.horizon},
               {"transform", transform_name(*options_.transform)},
               {"input", forecast_input_name(*options_.input)},
               {"stateful", options_.stateful},
               {"calendar", options_.calendar},
               {"missing", missing_name(options_.missing)},
               {"has_dates", has_dates_},
               {"frequency", frequency_name(frequency_)},
               {"periods", periods_},
               {"means", means},
               {"naive_errors", naive_errors},
               {"autoregressions", autoregressions},
               {"interval_factors", interval_factors},
               {"season", season_},
               {"constant", Json(Json::Array(are_constant_.begin(), are_constant_.end()))},
               {"reader", reader_json(reader)}};
  if (!log_floors_.empty()) json["log_floors"] = log_floors_;
  return json.dump();
}

ForecastScheme ForecastScheme::from_json(std::string_view text, const std::string& source) {
  const auto damaged = [&](const std::string& what) {
    return FormatError(source + ": the forecast's description is damaged: " + what);
  };
  try {
    const Json json = Json::parse(text);
    ForecastScheme scheme;
    json.at("columns").get_to(scheme.columns_);
    scheme.options_.lags = size_of(json, "lags", kMaxLags);
    scheme.options_.horizon = size_of(json, "horizon", kMaxHorizon);
    scheme.options_.transform = parse_transform(json.at("transform").get<std::string>());
    scheme.options_.input = parse_forecast_input(json.at("input").get<std::string>());
    scheme.options_.stateful = json.value("stateful", false);  // not in the first files
    json.at("calendar").get_to(scheme.options_.calendar);
    scheme.options_.missing = parse_missing(json.at("missing").get<std::string>());
    json.at("has_dates").get_to(scheme.has_dates_);
    scheme.frequency_ = parse_frequency(json.at("frequency").get<std::string>());
    // What follows is not in the first files.
    scheme.season_ = json.contains("season") ? json.at("season").get<std::size_t>()
                                             : detail::season_of(scheme.frequency_);
    scheme.log_floors_ = json.value("log_floors", std::vector<double>());
    if (json.contains("reader")) scheme.reader = reader_of(json.at("reader"));
    if (json.contains("constant")) {
      for (const Json& constant : json.at("constant").items_of_array()) {
        scheme.are_constant_.push_back(constant.get<bool>());
      }
    }
    json.at("periods").get_to(scheme.periods_);
    json.at("means").get_to(scheme.means);
    json.at("naive_errors").get_to(scheme.naive_errors);
    json.at("autoregressions").get_to(scheme.autoregressions);
    json.at("interval_factors").get_to(scheme.interval_factors);
    const std::size_t width = scheme.columns_.size();
    const auto fits = [](const auto& list, std::size_t size) {
      return list.empty() || list.size() == size;
    };
    const auto is_empty = [](const std::vector<double>& list) { return list.empty(); };
    const auto is_positive = [](double x) { return x > 0; };
    if (width == 0 || scheme.means.size() != width || !fits(scheme.naive_errors, width) ||
        !fits(scheme.autoregressions, width) || !fits(scheme.log_floors_, width) ||
        !fits(scheme.are_constant_, width) || scheme.season_ > kMaxSeason ||
        !std::all_of(scheme.log_floors_.begin(), scheme.log_floors_.end(), is_positive) ||
        !fits(scheme.interval_factors, scheme.options_.horizon * width) ||
        std::any_of(scheme.autoregressions.begin(), scheme.autoregressions.end(), is_empty) ||
        !std::all_of(scheme.periods_.begin(), scheme.periods_.end(), is_positive)) {
      throw damaged("its parts do not fit together");
    }
    return scheme;
  } catch (const JsonError& error) {
    throw damaged(printable(error.what()));
  } catch (const ValueError& error) {
    throw damaged(error.what());
  }
}

}  // namespace unroll
