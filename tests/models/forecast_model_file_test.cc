// Files of forecast models: what they hold, and files whose parts contradict each other.
#include <gtest/gtest.h>

#include <functional>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/models/sequence_model_file.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;

class ForecastModelFile : public testing::Test {
 protected:
  ForecastModelFile() {
    d_.forecast = ForecastScheme::learn(series_, series_.steps(), {.lags = 2, .horizon = 2});
    std::vector<std::size_t> origins;
    windows_ = d_.forecast->windows(series_, 0, series_.steps(), true, origins);
    d_.preprocessing = Preprocessing::learn(windows_, {});
    d_.options = {.input_size = 1,
                  .hidden_size = 3,
                  .cell = {.name = "gru"},
                  .pooling = parse_pooling("last"),
                  .head = {.name = "gaussian"},
                  .output_size = 4};
  }

  void save() {
    SequenceModel<float> model(d_.options);
    model.initialize({.seed = 7});
    save_sequence_model(path_, model, d_);
  }
  // The message for the file after such a change; its tensors have the sizes of the options.
  void expect_refused(const std::function<void()>& change, const std::string& part) {
    const SequenceModelDescription before = d_;
    change();
    save();
    expect_error<FormatError>([&] { load_sequence_model<float>(path_); }, {path_, part});
    d_ = before;
  }

  Series series_ = {.source = "a.csv", .column_names = {"x"}, .values = {1, 2, 4, 3, 5, 4, 6, 9}};
  Sequences windows_;
  SequenceModelDescription d_;
  TemporaryFolder folder_;
  std::string path_ = folder_.file("model.safetensors");
};

TEST_F(ForecastModelFile, RoundTrip) {
  d_.forecast->interval_factors = {1, 2};
  save();
  const auto loaded = load_sequence_model<float>(path_);
  ASSERT_TRUE(loaded.description.forecast);
  EXPECT_EQ(loaded.description.forecast->to_json(), d_.forecast->to_json());
  EXPECT_EQ(task_name(loaded.description), "forecast");
}

TEST_F(ForecastModelFile, Stateful) {
  expect_refused(
      [&] {
        d_.forecast =
            ForecastScheme::learn(series_, 8, {.lags = 2, .horizon = 2, .stateful = true});
      },
      "target");
  d_.forecast = ForecastScheme::learn(series_, 8, {.lags = 2, .horizon = 2, .stateful = true});
  std::vector<std::size_t> origins;
  d_.preprocessing = Preprocessing::learn(d_.forecast->windows(series_, 0, 8, true, origins), {});
  d_.options.pooling = parse_pooling("steps");
  save();
  EXPECT_TRUE(load_sequence_model<float>(path_).description.forecast->options().stateful);
  EXPECT_EQ(task_name(load_sequence_model<float>(path_).description), "forecast");
  expect_refused([&] { d_.options.bidirectional = true; }, "direction");  // the future is not known
  expect_refused([&] { d_.options.pooling = parse_pooling("last"); }, "pooling");
  d_.forecast = ForecastScheme::learn(series_, 8, {.lags = 2, .horizon = 2});
  expect_refused([] {}, "target");
}

TEST_F(ForecastModelFile, PartsThatContradictEachOther) {
  expect_refused(
      [&] { d_.forecast = ForecastScheme::learn(series_, 8, {.lags = 2, .horizon = 3}); },
      "horizon");
  expect_refused([&] { d_.options.output_size = 5; }, "output");
  expect_refused([&] { d_.options.input_size = 2; }, "input");
  expect_refused([&] { d_.options.head = HeadOptions{"sigmoid"}, d_.options.output_size = 2; },
                 "loss");
  // Two classes in the place of two numbers: there would be no mean and scale to undo.
  Sequences labelled = windows_;
  labelled.target = TargetKind::kLabel;
  labelled.targets.clear(), labelled.target_width = 0;
  for (std::size_t i = 0; i < labelled.size(); ++i) labelled.labels.emplace_back(i + 1, 'a');
  for (std::size_t i = 2; i < labelled.size(); ++i) labelled.labels[i] = labelled.labels[0];
  expect_refused(
      [&] {
        d_.preprocessing = Preprocessing::learn(labelled, {.multi_label = true});
        d_.options.head = HeadOptions{"sigmoid"}, d_.options.output_size = 2;
      },
      "target");
}

}  // namespace
}  // namespace unroll
