#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "demo/embedded.h"
#include "demo/job.h"
#include "demo/layout.h"
#include "unroll/io/file.h"

namespace unroll::app::demo {
namespace {

constexpr const char* kSeries = "sunspots.csv";
constexpr const char* kNext = "next-year.csv";
constexpr std::size_t kShownYears = 5;

// A row of the CSV that `unroll predict` writes of a series of years.
struct Row {
  std::string year = {};
  std::optional<double> truth = {};
  double forecast = 0, low = 0, high = 0;
};

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<Row> read_rows(const std::string& path) {
  std::istringstream lines(read_file(path, std::size_t{1} << 20));
  std::string line, time, horizon, truth, forecast, low, high;
  std::vector<Row> rows;
  std::getline(lines, line);  // the names
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    for (std::string* cell : {&time, &horizon, &truth, &forecast, &low, &high}) {
      std::getline(cells, *cell, ',');
    }
    rows.push_back({time, {}, number(forecast), number(low), number(high)});
    if (!truth.empty()) rows.back().truth = number(truth);
  }
  return rows;
}

std::string row_line(const Row& row) {
  return fmt::format("  {:<12}{:>10}{:>12.1f}     {:.1f} to {:.1f}\n", row.year,
                     row.truth ? fmt::format("{:.1f}", *row.truth) : "", row.forecast, row.low,
                     row.high);
}

Json run(const Guide& guide) {
  const std::string series = guide.file(kSeries), output = guide.file("forecast");
  const std::string next_file = guide.file(kNext);
  write_file_atomically(series, demo_sunspots());
  guide.print("== forecast: how many sunspots next year?\n\n");
  guide.say(series +
            " has the yearly numbers from 1700 to 2008 (WDC-SILSO, Royal Observatory of Belgium). "
            "The last fifth is kept for the test: the model is made without it.");
  const Json result = guide.train("train forecast --series {}", {series}, output);
  const std::vector<Row> tested = read_rows(output + "/predictions.csv");

  const auto figure = [&](const char* name) {
    return result.at(std::string("test_") + name).get<double>();
  };
  guide.print(
      score_table(fmt::format("error in the {} test years (RMSE), less is better", tested.size()),
                  {{"this model", figure("rmse")},
                   {"autoregression", figure("rmse_ar")},
                   {"the number of the year before", figure("rmse_persistence")},
                   {"the mean of the training years", figure("rmse_mean")}},
                  Better::kLess, "{:.1f}"));
  guide.print("\n");

  guide.run("predict {} {} --output {}", {output, series, next_file});
  Row next = read_rows(next_file).at(0);
  next.year = std::to_string(static_cast<int>(number(tested.back().year)) + 1);
  guide.print(
      fmt::format("\n  {:<12}{:>10}{:>12}     interval of 90 %\n", "year", "sunspots", "forecast"));
  for (std::size_t i = tested.size() - kShownYears; i < tested.size(); ++i) {
    guide.print(row_line(tested[i]));
  }
  guide.print(row_line(next) + "\n");
  guide.say(fmt::format("Of the {} test years {:.0f} % were inside their intervals.", tested.size(),
                        100 * figure("coverage")));
  guide.offer("train forecast --series YOURS.csv --output runs/forecast");

  return {{"test_years", tested.size()},
          {"rmse", figure("rmse")},
          {"rmse_ar", figure("rmse_ar")},
          {"rmse_persistence", figure("rmse_persistence")},
          {"rmse_mean", figure("rmse_mean")},
          {"coverage", figure("coverage")},
          {"next",
           {{"year", static_cast<int>(number(next.year))},
            {"forecast", next.forecast},
            {"low", next.low},
            {"high", next.high}}},
          {"seconds", result.at("seconds")}};
}

}  // namespace

DemoJob forecast_job() {
  return {.name = "forecast", .files = {kSeries, kNext}, .duration = "a second", .run = run};
}

}  // namespace unroll::app::demo
