#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "data/forecast_cases.h"
#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/data/forecast.h"

namespace unroll {
namespace {

ForecastScheme full_scheme(Series& s) {
  s = dated({1, 3, 2, 5, 4, 4, 9, 6}, 86400, Frequency::kDaily);
  s.column_names = {"a \"b\", ü"};
  ForecastOptions options = plain(2, 2, Transform::kLog, ForecastInput::kChange);
  options.missing = Missing::kPrevious;
  auto scheme = ForecastScheme::learn(s, 6, options);
  scheme.autoregressions = {{1, 0.1, 1. / 3}};
  scheme.interval_factors = {0.5, 1.5};
  scheme.naive_errors = {2};
  return scheme;
}

TEST(ForecastJson, JsonRoundTrip) {
  Series s;
  const ForecastScheme scheme = full_scheme(s);
  const ForecastScheme again = ForecastScheme::from_json(scheme.to_json(), "m");
  EXPECT_EQ(again.to_json(), scheme.to_json());
  const auto values = [&](const ForecastScheme& of) {
    std::vector<std::size_t> origins;
    return of.windows(s, 0, 8, true, origins).values;
  };
  EXPECT_EQ(again.season(), 7u);
  EXPECT_EQ(again.columns(), s.column_names);
  EXPECT_EQ(again.autoregressions, scheme.autoregressions);
  EXPECT_EQ(values(again), values(scheme));
  EXPECT_EQ(again.forecast(s, 8, 0, 0.1), scheme.forecast(s, 8, 0, 0.1));
  // What learn() alone leaves can be read as well.
  const auto bare = ForecastScheme::learn(s, 6, plain(1, 1));
  EXPECT_EQ(ForecastScheme::from_json(bare.to_json(), "m").to_json(), bare.to_json());
}

const std::set<std::string> kNotInFirstFiles = {"stateful", "season", "constant", "log_floors",
                                                "reader"};

TEST(ForecastJson, OlderFiles) {
  Series s;
  auto json = nlohmann::ordered_json::parse(full_scheme(s).to_json());
  for (const std::string& key : kNotInFirstFiles) {
    EXPECT_EQ(json.erase(key), 1u) << key;
  }
  const auto old = ForecastScheme::from_json(json.dump(), "m");
  EXPECT_EQ(old.season(), 7u);
  EXPECT_TRUE(old.constant_columns().empty());
  EXPECT_FALSE(old.reader.time_column);
  s.values.back() = 0;  // has no log, as before
  std::vector<std::size_t> origins;
  EXPECT_THROW(old.windows(s, 0, 8, true, origins), FormatError);
}

TEST(ForecastJson, KeepsHowFilesAreRead) {
  Series s;
  ForecastScheme scheme = full_scheme(s);
  scheme.reader.time_column = "";
  scheme.reader.time_format = "%d/%m/%Y", scheme.reader.usual_time_format = "%Y";
  scheme.reader.usual_step = {.microseconds = 86'400'000'000, .weekdays = 0x1f};
  scheme.reader.ignored_columns = {"n"};
  scheme.reader.header = true, scheme.reader.insert_missing = true;
  const auto again = ForecastScheme::from_json(scheme.to_json(), "m");
  EXPECT_EQ(again.reader.time_column, "");
  EXPECT_EQ(again.reader.time_format, "%d/%m/%Y");
  EXPECT_EQ(again.reader.usual_time_format, "%Y");
  EXPECT_EQ(again.reader.usual_step.microseconds, 86'400'000'000);
  EXPECT_EQ(again.reader.usual_step.weekdays, 0x1f);
  EXPECT_EQ(again.reader.ignored_columns, std::vector<std::string>{"n"});
  EXPECT_EQ(again.reader.header, true);
  EXPECT_TRUE(again.reader.insert_missing);
}

TEST(ForecastJson, HostileJson) {
  Series s;
  const auto whole = nlohmann::ordered_json::parse(full_scheme(s).to_json());
  const struct {
    const char* key;
    const char* value;
  } cases[] = {{"lags", "0"},
               {"lags", "-1"},
               {"lags", "1e30"},
               {"lags", "2.5"},
               {"lags", "18446744073709551615"},
               {"lags", "1048577"},
               {"lags", "\"2\""},
               {"horizon", "0"},
               {"horizon", "3"},
               {"horizon", "-1"},
               {"horizon", "9223372036854775808"},
               {"horizon", "65537"},
               {"columns", "[]"},
               {"columns", "[\"a\",\"b\"]"},
               {"columns", "[1]"},
               {"columns", "\"a\""},
               {"transform", "\"cube\""},
               {"transform", "1"},
               {"input", "\"levels\""},
               {"calendar", "2"},
               {"missing", "\"guess\""},
               {"has_dates", "null"},
               {"frequency", "\"fortnightly\""},
               {"periods", "[0]"},
               {"periods", "[-7]"},
               {"periods", "[null]"},
               {"periods", "7"},
               {"means", "[]"},
               {"means", "[1,2]"},
               {"means", "[null]"},
               {"naive_errors", "[1,2]"},
               {"autoregressions", "[[]]"},
               {"autoregressions", "[[1],[2]]"},
               {"autoregressions", "[1]"},
               {"interval_factors", "[1]"},
               {"interval_factors", "[1,2,3]"},
               {"interval_factors", "{}"},
               {"season", "-1"},
               {"season", "1e9"},
               {"season", "4000000000"},
               {"constant", "[true,false]"},
               {"constant", "[1]"},
               {"constant", "true"},
               {"log_floors", "[0]"},
               {"log_floors", "[-1]"},
               {"log_floors", "[1,2]"},
               {"reader", "[]"},
               {"reader", "{}"},
               {"reader", "null"}};
  for (const auto& c : cases) {
    auto json = whole;
    ASSERT_TRUE(json.contains(c.key)) << c.key;
    json[c.key] = nlohmann::ordered_json::parse(c.value);
    SCOPED_TRACE(c.key);
    SCOPED_TRACE(c.value);
    expect_error<FormatError>([&] { ForecastScheme::from_json(json.dump(), "m.file"); },
                              {"m.file", "damaged"});
  }
  for (const auto& [key, value] : whole.items()) {
    if (kNotInFirstFiles.contains(key)) continue;  // see StatefulIsKept, OlderFiles
    auto json = whole;
    json.erase(key);
    expect_error<FormatError>([&] { ForecastScheme::from_json(json.dump(), "m"); }, {key});
  }
  for (const char* text : {"", "[]", "null", "{", "{\"lags\": 1e999}", "\"\n\""}) {
    expect_error<FormatError>([&] { ForecastScheme::from_json(text, "m"); }, {"m: "});
  }
}

// A file that is older than stateful forecasts has no key for them.
TEST(ForecastJson, StatefulIsKept) {
  const Series s = series_of({1, 2, 4, 7, 11, 16});
  ForecastOptions options = plain(2, 2);
  options.stateful = true;
  auto json = nlohmann::ordered_json::parse(ForecastScheme::learn(s, 6, options).to_json());
  EXPECT_TRUE(ForecastScheme::from_json(json.dump(), "m").options().stateful);
  json.erase("stateful");
  EXPECT_FALSE(ForecastScheme::from_json(json.dump(), "m").options().stateful);
  json["stateful"] = "yes";
  expect_error<FormatError>([&] { ForecastScheme::from_json(json.dump(), "m"); }, {"m"});
}

}  // namespace
}  // namespace unroll
