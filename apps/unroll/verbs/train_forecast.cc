#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/json.h"
#include "options/dtype.h"
#include "options/forecast_options.h"
#include "options/head_options.h"
#include "options/initial_state.h"
#include "options/model_options.h"
#include "runs/forecasts.h"
#include "runs/sequence_result.h"
#include "unroll/core/error.h"
#include "unroll/models/sequence_predictions.h"
#include "unroll/train/sequence_task.h"
#include "verbs/train_command.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

// Some origins of the series, as the model takes them.
struct Part {
  std::vector<std::size_t> origins = {};
  Sequences windows = {};
};

template <class T>
class ForecastJob : public TrainingJob<T> {
 public:
  explicit ForecastJob(const Options& options)
      : series_(read_series(options.text("series"), series_options(options))) {
    // 1. The parts follow each other: training, validation, test.
    const auto share = [&](const char* name, std::size_t steps) {
      const double kept = (1 - options.number(name)) * static_cast<double>(steps);
      return static_cast<std::size_t>(kept + 1e-9);  // 0.9 · 10 is 9
    };
    const std::size_t test = share("test_fraction", series_.steps());
    const std::size_t valid = share("valid_fraction", test);
    SequenceModelDescription description;
    description.reader.time_column = options.has("time") ? options.text("time") : "";
    description.forecast = ForecastScheme::learn(series_, valid, forecast_options(options));
    ForecastScheme& scheme = *description.forecast;
    learn_comparisons(scheme, series_, valid);

    // 2. No target of a part lies in the next one.
    const std::size_t horizon = scheme.options().horizon;
    const auto part = [&](std::size_t begin, std::size_t end) {
      Part made;
      made.windows =
          scheme.windows(series_, begin, end < horizon ? 0 : end - horizon + 1, true, made.origins);
      return made;
    };
    const Part train = part(0, valid);
    valid_ = part(valid, test), test_ = part(test, series_.steps());
    require(options, "valid_fraction", valid < test, valid_);
    require(options, "test_fraction", test < series_.steps(), test_);
    if (train.origins.empty()) {
      throw ValueError(series_.source + ": no window of the training part is without a missing " +
                       "target; fill the series, or lower lags or horizon");
    }

    // 3. The model.
    description.preprocessing = Preprocessing::learn(train.windows, {});
    const Preprocessing& p = description.preprocessing;
    SequenceModelOptions& model = description.options;
    model.input_size = p.input_size();
    model.hidden_size = options.size("hidden");
    model.layers = options.size("layers");
    model.cell = cell_options(options);
    const bool stateful = options.is_on("stateful");
    model.pooling = parse_pooling(stateful ? "steps" : options.text("pooling"));
    model.dropout = options.number("dropout");
    model.initial_state = initial_state(options);
    model.bias = parse_bias(options.text("bias"));
    model.precision = precision(options);
    model.head = number_head(options);
    model.output_size = output_size(*make_head(model.head), p);
    SequenceTaskOptions task;
    task.initialization = initialization_options(options);
    if (stateful) {
      task.bptt = options.size("lags");
    } else {
      task.batch = options.size("batch");
      task.shards = options.size("shards");
    }
    task.seed = options.count("seed");
    const EncodedSequences encoded = p.encode(train.windows), held_out = encode(p, valid_);
    task.description = std::move(description);
    task_ = std::make_unique<SequenceTask<T>>(std::move(task), encoded, held_out);
    set_initial_state(options, task_->model());
  }

  TrainingTask<T>& task() override { return *task_; }

  Json result(const std::vector<EpochRecord>& history, const std::string& path,
              const ThreadTeam& team) override {
    TrainedSequenceModel<T> kept = load_sequence_model<T>(path);
    Json result = {{"train_loss", history.back().train_loss},
                   {"transform", transform_name(*kept.description.forecast->options().transform)},
                   {"input", forecast_input_name(*kept.description.forecast->options().input)}};
    add(result, "valid_", kept, valid_, team);
    add(result, "test_", kept, test_, team);
    return result;
  }

  std::string predictions() override { return predictions_; }

  std::string text(const Json& result) const override {
    std::vector<std::string> prefixes;
    if (!valid_.origins.empty()) prefixes.push_back("valid_");
    if (!test_.origins.empty()) prefixes.push_back("test_");
    return prefixes.empty() ? "" : evaluation_text(result, prefixes);
  }

 private:
  static EncodedSequences encode(const Preprocessing& p, const Part& part) {
    return part.origins.empty() ? EncodedSequences{} : p.encode(part.windows);
  }

  void require(const Options& options, const char* name, bool wanted, const Part& part) const {
    if (!wanted || !part.origins.empty()) return;
    options.fail(name, fmt::format("leaves no forecast of {} steps without a missing value in {} "
                                   "steps; raise it, or set it to 0",
                                   options.count("horizon"), series_.steps()));
  }

  void add(Json& result, const std::string& prefix, TrainedSequenceModel<T>& kept, const Part& part,
           const ThreadTeam& team) {
    if (part.origins.empty()) return;
    const SequenceModelDescription& d = kept.description;
    const EncodedSequences data = d.preprocessing.encode(part.windows);
    const std::vector<T> predictions = predict(kept.model, data, team);
    const PredictionLoss loss = prediction_loss<T>(team, d.options.head, data, predictions);
    result[prefix + "loss"] = loss.sum / static_cast<double>(loss.rows);
    const std::vector<ForecastValue> forecasts =
        forecast_values<T>(d, series_, part.origins, predictions);
    for (const auto& [name, value] : evaluate_forecasts(*d.forecast, series_, part.origins,
                                                        forecasts, d.options.head.quantiles)) {
      result[prefix + name] = value;
    }
    predictions_ = forecast_table(*d.forecast, series_, part.origins, forecasts,
                                  d.options.head.quantiles, TableFormat::kCsv);
  }

  Series series_;
  Part valid_, test_;
  std::unique_ptr<SequenceTask<T>> task_;
  std::string predictions_;  // of the test data, else of the validation data
};

template <class T>
std::unique_ptr<TrainingJob<T>> make(const Options& options) {
  return std::make_unique<ForecastJob<T>>(options);
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
  return declare_training(line, std::move(verb));
}

}  // namespace unroll::app
