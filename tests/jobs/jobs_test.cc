// The jobs from data to figures, without a folder: what they train, measure and predict is what
// their parts do.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "messages.h"
#include "models/small_sequences.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/io/file.h"
#include "unroll/jobs/evaluate.h"
#include "unroll/jobs/fit_language_model.h"
#include "unroll/jobs/fit_sequences.h"
#include "unroll/jobs/fit_series.h"
#include "unroll/jobs/forecast.h"
#include "unroll/jobs/generate.h"
#include "unroll/jobs/predict.h"

namespace unroll {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double number(const Figures& figures, const std::string& name) {
  for (const auto& [known, figure] : figures) {
    if (known != name) continue;
    if (const auto* count = std::get_if<std::uint64_t>(&figure)) {
      return static_cast<double>(*count);
    }
    return std::get<double>(figure);
  }
  ADD_FAILURE() << "no figure " << name;
  return kNaN;
}

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const TableColumn& column : table) names.push_back(column.name);
  return names;
}

template <class Value>
const std::vector<Value>& values(const Table& table, const std::string& name) {
  const auto found = std::ranges::find(table, name, &TableColumn::name);
  if (found == table.end()) throw Error("no column " + name);
  return std::get<std::vector<Value>>(found->values);
}

const TrainingOptions kTraining = {.optimizer = {.name = "adam"},
                                   .schedule = {.learning_rate = 0.02},
                                   .clip_norm = 1,
                                   .epochs = 30};

// --- language models ---------------------------------------------------------------------------

class TextJobs : public testing::Test {
 protected:
  TextJobs() {
    for (int i = 0; i < 80; ++i) text_ += "abcde";
    std::ofstream(folder_.file("a.txt")) << text_;
  }
  EncodedTexts texts(bool test = true) const {
    const std::string path = folder_.file("a.txt");
    return read_texts({path, path, test ? path : ""}, Level::kCharacter, {});
  }
  TemporaryFolder folder_;
  std::string text_;
  LanguageModelTaskOptions options_ = {.model = {.embedding_size = 8, .hidden_size = 16},
                                       .bptt = {.batch = 4, .bptt = 10}};
};

TEST_F(TextJobs, FitInMemoryAsInAFolder) {
  FitLanguageModel<float> one(texts(), options_), other(texts(), options_);
  MemoryStore memory;
  FolderStore files(folder_.path());
  const auto fitted = fit(one, kTraining, &memory);
  fit(other, kTraining, &files);
  EXPECT_EQ(fitted.history.size(), 30u);
  const std::string path = files.path(RunFile::kModel);
  SafetensorsWriter again;
  add_text_model(again, fitted.model.model, fitted.model.vocabulary, fitted.model.training);
  EXPECT_EQ(again.bytes(), read_file(path, 1 << 20));
}

TEST_F(TextJobs, ReportIsTheEvaluationOfTheKeptModel) {
  FitLanguageModel<float> job(texts(), options_);
  const auto fitted = fit(job, kTraining);
  const Figures& figures = fitted.report.figures;
  const EncodedText text = texts().test;
  const Figures measured = evaluate(fitted.model, text, "a.txt", ThreadTeam(1));
  EXPECT_LT(number(figures, "test_perplexity"), 1.3);
  EXPECT_EQ(number(figures, "test_perplexity"), number(measured, "perplexity"));
  EXPECT_EQ(number(figures, "bits_per_token"), number(measured, "bits_per_token"));
  EXPECT_EQ(number(measured, "tokens"), static_cast<double>(text_.size() - 1));
  EXPECT_EQ(number(figures, "vocabulary"), 5);
  EXPECT_FALSE(fitted.report.predictions);
  FitLanguageModel<float> without(texts(false), options_);
  TrainingOptions short_training = kTraining;
  short_training.epochs = 1;
  EXPECT_TRUE(std::isnan(number(fit(without, short_training).report.figures, "test_perplexity")));
  EXPECT_TRUE(contains(
      message_of<FormatError>([&] { evaluate(fitted.model, {{1}}, "b.txt", ThreadTeam(1)); }),
      "b.txt: has one token alone"));
}

TEST_F(TextJobs, AFitThatIsStoppedAtOnceHasNoModel) {
  FitLanguageModel<float> job(texts(), options_);
  EXPECT_TRUE(contains(
      message_of<ValueError>([&] { fit(job, kTraining, nullptr, {.stop = [] { return true; }}); }),
      "stopped before its first epoch ended"));
  EXPECT_TRUE(contains(message_of<ValueError>([&] { job.model(MemoryStore()); }), "no model"));
}

TEST_F(TextJobs, GeneratorContinuesTheText) {
  FitLanguageModel<float> job(texts(), options_);
  const auto fitted = fit(job, kTraining);
  const Vocabulary& vocabulary = fitted.model.vocabulary;
  TextGenerator<float> generator(fitted.model, {*vocabulary.id("a"), *vocabulary.id("b")}, "ab",
                                 {.temperature = 0});
  std::string continued;
  for (int i = 0; i < 8; ++i) continued += generator.next();
  EXPECT_EQ(continued, "cdeabcde");
}

// --- sequences ---------------------------------------------------------------------------------

const FitSequencesOptions kSmallGru = {
    .model = {.hidden_size = 6, .cell = {.name = "gru"}, .head = {.name = "softmax"}}, .batch = 4};

TEST(SequenceJobs, ReportIsTheEvaluationOfTheKeptModel) {
  const Sequences data = SmallSequences(24).labelled();
  FitSequences<float> job({.train = data, .valid = data, .test = data}, kSmallGru);
  const auto fitted = fit(job, kTraining);
  const Figures measured = evaluate(fitted.model, data, ThreadTeam(1));
  for (const char* name : {"accuracy", "macro_f1", "log_loss"}) {
    for (const char* set : {"valid_", "test_"}) {
      EXPECT_EQ(number(fitted.report.figures, std::string(set) + name), number(measured, name));
    }
  }
  EXPECT_EQ(number(measured, "sequences"), 24);
  EXPECT_EQ(number(fitted.report.figures, "test_unknown_labels"), 0);
  // Without weights, the loss is the log loss.
  EXPECT_NEAR(number(fitted.report.figures, "test_loss"), number(measured, "log_loss"), 1e-6);
  const Table& table = fitted.report.predictions.value();
  EXPECT_EQ(names_of(table), (std::vector<std::string>{"id", "label", "predicted", "probability"}));
  EXPECT_EQ(values<std::string>(table, "label"), data.labels);
  std::size_t right = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    right += values<std::string>(table, "predicted")[i] == data.labels[i] ? 1 : 0;
  }
  EXPECT_DOUBLE_EQ(static_cast<double>(right) / 24, number(measured, "accuracy"));
  Sequences unlabelled = data;
  unlabelled.target = TargetKind::kNone;
  unlabelled.labels.clear();
  const Table predicted = predict(fitted.model, unlabelled, ThreadTeam(1), true);
  EXPECT_EQ(names_of(predicted),
            (std::vector<std::string>{"id", "predicted", "probability", "p(a)", "p(b)"}));
  EXPECT_EQ(values<double>(predicted, "probability"), values<double>(table, "probability"));
}

TEST(SequenceJobs, HoldOutKeepsTheSharesOfTheLabels) {
  SequenceSets sets = {.train = SmallSequences(30).labelled()};
  hold_out(sets, 0.2, false, 1);
  EXPECT_EQ(sets.train.size() + sets.valid.size(), 30u);
  EXPECT_EQ(std::ranges::count(sets.valid.labels, "b"), 2);  // of 10
  EXPECT_EQ(std::ranges::count(sets.valid.labels, "a"), 4);  // of 20
  SequenceSets few = {.train = SmallSequences(1).labelled()};
  const std::string message = message_of<OptionError>([&] { hold_out(few, 0.1, false, 1); });
  EXPECT_TRUE(contains(message, "valid_fraction: 1 sequences are too few")) << message;
}

TEST(SequenceJobs, ClassWeightsHaveMeanOne) {
  const Sequences data = SmallSequences(9).labelled();  // 6 a, 3 b
  const Preprocessing p = Preprocessing::learn(data, {});
  EXPECT_TRUE(class_weights({}, p).empty());
  const std::vector<double> balanced = class_weights({.balanced = true}, p);
  EXPECT_DOUBLE_EQ(balanced[0], 0.75);  // 9 / (2 · 6)
  EXPECT_DOUBLE_EQ(balanced[1], 1.5);
  const std::vector<double> given = class_weights({.given = {{"b", 4}}}, p);
  EXPECT_DOUBLE_EQ(given[0], 0.5);  // (6 · 1 + 3 · 4) / 9 = 2
  EXPECT_DOUBLE_EQ(given[1], 2);
  EXPECT_TRUE(contains(message_of<OptionError>([&] {
                         class_weights({.given = {{"x", 1}}}, p);
                       }),
                       "'x'"));
}

TEST(SequenceJobs, ClassWeightsAreAboveZero) {
  const Preprocessing p = Preprocessing::learn(SmallSequences(9).labelled(), {});
  for (const double wrong : {0.0, -1.0, kNaN}) {
    EXPECT_TRUE(contains(message_of<OptionError>([&] {
                           class_weights({.given = {{"a", wrong}}}, p);
                         }),
                         "'a' is"));
  }
}

TEST(SequenceJobs, NumbersAndStepsHaveTheirColumns) {
  FitSequencesOptions options = kSmallGru;
  TrainingOptions training = kTraining;
  training.epochs = 2;
  const Sequences tagged = SmallSequences(9).tagged();
  options.model.pooling = parse_pooling("steps");
  options.model.embedding_size = 4;
  FitSequences<double> tagger({.train = tagged, .valid = tagged}, options);
  const Table by_step = *fit(tagger, training).report.predictions;
  EXPECT_EQ(by_step[1].name, "step");
  EXPECT_EQ(by_step[0].rows(), tagged.begin.back());
  options = kSmallGru;
  options.model.head = {.name = "quantiles", .quantiles = {0.05, 0.25, 0.5, 0.95}};
  Sequences numbers = SmallSequences(9).numbers;
  numbers.target = TargetKind::kValue;
  numbers.target_names = {"y"};
  numbers.target_width = 1;
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers.targets.push_back(std::sin(i));
  FitSequences<double> regression({.train = numbers, .valid = numbers}, options);
  const Table table = *fit(regression, training).report.predictions;
  EXPECT_EQ(names_of(table),
            (std::vector<std::string>{"id", "y", "y_predicted", "y_low", "y_high", "y_q0.25"}));
  EXPECT_EQ(values<double>(table, "y"), numbers.targets);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_LE(values<double>(table, "y_low")[i], values<double>(table, "y_q0.25")[i]);
    EXPECT_LE(values<double>(table, "y_q0.25")[i], values<double>(table, "y_predicted")[i]);
    EXPECT_LE(values<double>(table, "y_predicted")[i], values<double>(table, "y_high")[i]);
  }
}

// --- series ------------------------------------------------------------------------------------

Series wave(std::size_t steps) {
  Series series = {.source = "wave", .column_names = {"w"}};
  for (std::size_t t = 0; t < steps; ++t) {
    series.values.push_back(10 + std::sin(0.7 * static_cast<double>(t)));
  }
  return series;
}

const FitSeriesOptions kSmallForecast = {.forecast = {.lags = 6, .horizon = 2},
                                         .model = {.hidden_size = 6,
                                                   .cell = {.name = "gru"},
                                                   .pooling = parse_pooling("last"),
                                                   .head = {.name = "squared_error"}}};

TEST(SeriesJobs, ForecastsAreThoseOfTheReport) {
  const Series series = wave(100);
  FitSeries<float> job(series, kSmallForecast);
  TrainingOptions training = kTraining;
  training.epochs = 1, training.updates = 100;
  const auto fitted = fit(job, training);
  EXPECT_GE(fitted.history.back().updates, 100u);
  const Table& report = fitted.report.predictions.value();  // of steps 80 to 98, two ahead each
  EXPECT_EQ(names_of(report),
            (std::vector<std::string>{"time", "horizon", "w", "w_forecast", "w_low", "w_high"}));
  EXPECT_EQ(report[0].rows(), 2 * 19u);
  const Forecasts all = forecast(fitted.model, series, ForecastSteps::kAll, ThreadTeam(1));
  EXPECT_EQ(all.origins.front(), 6u);
  const std::size_t before = 80 - 6;
  for (std::size_t row = 0; row < 2 * 19u; ++row) {
    EXPECT_EQ(values<double>(report, "w_forecast")[row], all.values[2 * before + row].value);
    EXPECT_EQ(values<double>(report, "w")[row],
              series.values[values<std::uint64_t>(report, "time")[row] - 1]);
  }
  EXPECT_EQ(number(evaluate(fitted.model, series, ThreadTeam(1)), "forecasts"),
            static_cast<double>(all.origins.size()));
  const Forecasts next = forecast(fitted.model, series, ForecastSteps::kNext, ThreadTeam(1));
  const Table table = forecast_table(fitted.model.description, series, next);
  EXPECT_EQ(values<std::uint64_t>(table, "time"), (std::vector<std::uint64_t>{101, 102}));
  EXPECT_TRUE(std::isnan(values<double>(table, "w")[0]));
  EXPECT_TRUE(contains(message_of<FormatError>([&] {
                         forecast(fitted.model, wave(5), ForecastSteps::kNext, ThreadTeam(1));
                       }),
                       "wave: has 5 steps; a forecast is made from 6"));
}

TEST(SeriesJobs, APartWithoutAForecastIsTheFaultOfItsFraction) {
  FitSeriesOptions options = kSmallForecast;
  options.test_fraction = 0.01;
  const std::string message =
      message_of<OptionError>([&] { FitSeries<float>(wave(100), options); });
  EXPECT_TRUE(contains(message, "test_fraction: leaves no forecast of 2 steps")) << message;
}

TEST(Training, BudgetsRaiseTheEpochs) {
  EXPECT_EQ(complete({.epochs = 2, .updates = 31}, 10).epochs, 4u);
  EXPECT_EQ(complete({.epochs = 5, .updates = 31}, 10).epochs, 5u);
  EXPECT_EQ(complete({.epochs = 5, .updates = 0}, 10).schedule.total_updates, 50u);
  EXPECT_THROW(complete({.epochs = 0}, 10), OptionError);
  EXPECT_THROW(complete({.epochs = std::uint64_t{1} << 63}, 10), OptionError);
}

}  // namespace
}  // namespace unroll
