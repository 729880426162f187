// `unroll train forecast --stateful`, and `predict`, `eval`, `info` and `check` with its models.
#include <gtest/gtest.h>

#include <csignal>

#include "forecast_runs.h"
#include "interrupted_run.h"

namespace unroll {
namespace {

class StatefulForecast : public ForecastRuns {
 protected:
  Json trained(const std::string& output, const Words& more = {},
               const std::string& series = "s.csv") {
    return train(output, more + Words{"--stateful"}, series);
  }
  Json evaluated(const std::string& model, const std::string& series) {
    const Outcome outcome = run(folder_, {"eval", model, series, "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return Json::parse(outcome.code == 0 ? outcome.out : "{}");
  }
  // Forecasts one step ahead: the lines of predict, by their first cell.
  std::map<std::string, double> forecasts(const Words& arguments) {
    const Outcome outcome = run(folder_, Words{"predict"} + arguments + Words{"--as", "jsonl"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    std::map<std::string, double> result;
    for (const std::string& line : lines(outcome.out)) {
      const Json json = Json::parse(line);
      result[json["time"].dump()] = json["y_forecast"];
    }
    return result;
  }
};

TEST_F(StatefulForecast, LearnsAndMeasuresTheSameForecasts) {
  const Json result = trained("run", {"--epochs", "60"}), windows = train("windows");
  EXPECT_LT(result["test_rmse"], 0.5 * result["test_rmse_persistence"].get<double>());
  for (const char* prefix : {"valid_", "test_"}) {
    for (const char* name :
         {"rmse_persistence", "rmse_ar", "rmse_mean", "rmse_seasonal"}) {  // the same split
      EXPECT_EQ(result.at(std::string(prefix) + name), windows.at(std::string(prefix) + name));
    }
    EXPECT_TRUE(result.at(std::string(prefix) + "coverage").is_number());
  }
  EXPECT_EQ(result["parameters"], windows["parameters"]);
  // A target at every step of the training part, 160 · 0.8 · 0.85, but the first.
  EXPECT_EQ(result["forecasts"], 60 * 107);
  EXPECT_EQ(lines(contents(folder_.file("run/predictions.csv"))).size(), 33u);
  const Json info = Json::parse(run(folder_, {"info", "run", "--json"}).out);
  EXPECT_EQ(info["architecture"]["stateful"], true);
  EXPECT_EQ(info["architecture"]["pooling"], "steps");
  const Json& kept = info["training"];
  EXPECT_EQ(kept["updates"], 9 * kept["epoch"].get<int>());  // windows of 12 of these steps
  EXPECT_EQ(run(folder_, {"check", "run", "s.csv"}).code, 0);
}

// What a forecast knows is the whole past, and nothing else.
TEST_F(StatefulForecast, TheStateIsThatOfTheWholePast) {
  trained("run");
  const auto all = forecasts({"run", "s.csv", "--labelled"});
  ASSERT_EQ(all.size(), 160u - 12);
  // Without what comes after it, a forecast is the same.
  write(folder_.file("begin.csv"), monthly(100));
  const auto begin = forecasts({"run", "begin.csv", "--labelled"});
  ASSERT_EQ(begin.size(), 100u - 12);
  for (const auto& [time, value] : begin) EXPECT_NEAR(all.at(time), value, 1e-4) << time;
  const auto next = forecasts({"run", "begin.csv"});
  ASSERT_EQ(next.size(), 1u);
  EXPECT_NEAR(next.at("\"1998-05\""), all.at("\"1998-05\""), 1e-4);
  // Without the beginning, more steps back than lags, it is another.
  const auto first = [&](const std::string& model) {
    write(folder_.file("changed.csv"), monthly(160, [](int step, std::string& row) {
            if (step < 12) set_value(row, "30");
          }));
    const auto changed = forecasts({model, "changed.csv", "--labelled"});
    return std::pair(all.at("\"1992-06\""), changed.at("\"1992-06\""));  // step 29
  };
  const auto [before, after] = first("run");
  EXPECT_NE(before, after);
  train("windows");
  const auto windows = forecasts({"windows", "s.csv", "--labelled"});
  EXPECT_EQ(first("windows").second, windows.at("\"1992-06\""));
}

TEST_F(StatefulForecast, EvalAgreesWithTheTable) {
  trained("run", {"--horizon", "3", "--loss", "gaussian"});
  const Json result = evaluated("run", "s.csv");
  EXPECT_EQ(result.at("forecasts"), 146);  // as of windows: those that have 12 steps before them
  double squares = 0;
  const Outcome outcome = run(folder_, {"predict", "run", "s.csv", "--labelled", "--as", "jsonl"});
  const auto rows = lines(outcome.out);
  ASSERT_EQ(rows.size(), 146u * 3);
  for (const std::string& row : rows) {
    const Json json = Json::parse(row);
    squares += std::pow(json.at("y").get<double>() - json.at("y_forecast").get<double>(), 2);
    EXPECT_LE(json.at("y_low"), json.at("y_high"));
  }
  EXPECT_NEAR(result.at("rmse"), std::sqrt(squares / (146 * 3)), 1e-9);
}

TEST_F(StatefulForecast, TheTestPartIsNotSeen) {
  trained("one", {"--horizon", "3"});
  write(folder_.file("s.csv"), monthly(160, [](int step, std::string& row) {
          if (step >= 128) set_value(row, std::to_string(1000 * step));
        }));
  trained("two", {"--horizon", "3"});
  EXPECT_EQ(model("two"), model("one"));
  // Nor does the validation part count in the loss: it chooses the epoch and the intervals.
  const auto train_loss = [&](int step) {
    write(folder_.file("s.csv"), monthly(160, [&](int at, std::string& row) {
            if (at == step) set_value(row, "35");
          }));
    return trained("loss", {"--overwrite"})["train_loss"];
  };
  EXPECT_EQ(train_loss(108), train_loss(127));
  EXPECT_NE(train_loss(107), train_loss(108));  // the training part's last step
}

TEST_F(StatefulForecast, ThreadsAndConfigGiveTheSameModel) {
  const Words more = {"--dropout", "0.2", "--layers", "2", "--initial-state", "trainable"};
  trained("one", more + Words{"--threads", "1"});
  trained("three", more + Words{"--threads", "3"});
  EXPECT_EQ(model("three"), model("one"));
  const Outcome again =
      run(folder_, {"train", "forecast", "--config", "one/config.toml", "--output", "again"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(model("again"), model("one"));
  trained("lags", more + Words{"--lags", "11"});
  EXPECT_NE(model("lags"), model("one"));
}

TEST_F(StatefulForecast, ResumesAfterASignal) {
  const Words more = {"--stateful", "--epochs",   "400",  "--dropout",          "0.1", "--cell",
                      "lstm",       "--patience", "1000", "--checkpoint-every", "7"};
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(run(folder_, options("whole", "s.csv", more)).code, 0);
  const Clock::duration time = Clock::now() - start;
  EXPECT_GT(run_with_stops(folder_, options("stopped", "s.csv", more), "stopped", SIGTERM, time),
            0);
  EXPECT_EQ(model("stopped"), model("whole"));
}

TEST_F(StatefulForecast, MissingValues) {
  write(folder_.file("gap.csv"), monthly(160, [](int step, std::string& row) {
          if ((step >= 40 && step < 65) || step == 140) set_value(row, "");  // a whole window
        }));
  expect_refused(options("run", "gap.csv", {"--stateful"}), 1, {"gap.csv", "'y'", "missing"});
  const Json result = trained("run", {"--missing", "previous"}, "gap.csv");
  EXPECT_EQ(result["forecasts"], 3 * (107 - 25));
  EXPECT_EQ(evaluated("run", "gap.csv").at("forecasts"), 160 - 12 - 26);
}

TEST_F(StatefulForecast, StopsEarly) {
  const Json result = trained("run", {"--epochs", "300", "--patience", "2"});
  EXPECT_LT(result["epochs"], 300);
}

TEST_F(StatefulForecast, BadOptions) {
  const auto with = [&](const Words& more) {
    return options("run", "s.csv", Words{"--stateful"} + more);
  };
  expect_refused(with({"--pooling", "mean"}), 2, {"--pooling mean", "stateful"});
  expect_refused(with({"--batch", "4"}), 2, {"--batch 4", "stateful"});
  expect_refused(with({"--bidirectional"}), 2, {"--bidirectional"});  // the future is not known
  expect_refused(with({"--lags", "150"}), 1, {"s.csv", "lags 150"});
  expect_refused(with({"--horizon", "20", "--test-fraction", "0.05"}), 2, {"--test-fraction"});
  write(folder_.file("wrong.toml"), "series = 's.csv'\nstateful = true\nbatch = 4\n");
  expect_refused({"train", "forecast", "--config", "wrong.toml", "--output", "run"}, 2,
                 {"wrong.toml:3", "batch = 4", "stateful"});
  trained("run");
  write(folder_.file("short.csv"), monthly(11));
  expect_refused({"predict", "run", "short.csv"}, 1, {"short.csv", "11 steps", "12"});
}

}  // namespace
}  // namespace unroll
