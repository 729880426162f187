#include <memory>
#include <string>
#include <utility>

#include "options/forecast_options.h"
#include "options/initial_state.h"
#include "options/options.h"
#include "output/series_summary.h"
#include "support/json.h"
#include "support/quote.h"
#include "unroll/jobs/fit_series.h"
#include "verbs/train_command.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

template <class T>
std::unique_ptr<Fit<T>> make(const Options& options, DataReport& data) {
  auto made = std::make_unique<FitSeries<T>>(
      read_series(options.text("series"), series_options(options)), fit_series_options(options));
  set_initial_state(options, made->task().model());
  const SeriesSummary summary = summarize(made->series());
  const ForecastScheme& scheme = made->scheme();
  data.set(to_text(summary, scheme), to_json(summary, scheme));
  return made;
}

std::string text_of(const Json& result) {
  std::string columns;
  for (const Json& column : result["columns"]) {
    columns += (columns.empty() ? "" : ", ") + printable(column.text());
  }
  return evaluation_text(result) + "\n" + choices_text(result) + "\ncolumns: " + columns + "\n";
}

}  // namespace

std::function<int()> declare_train_forecast(CommandLine& line) {
  TrainingVerb verb;
  verb.name = "train forecast";
  verb.input = "series", verb.input_help = "the CSV file with the series";
  verb.items.name = "forecasts";
  verb.table = train_forecast_table();
  verb.complete = complete_train_forecast_options;
  verb.make_f32 = make<float>, verb.make_f64 = make<double>;
  verb.text = text_of;
  return declare_training(line, std::move(verb));
}

}  // namespace unroll::app
