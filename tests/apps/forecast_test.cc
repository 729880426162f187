// `unroll train forecast`, and `predict` and `eval` with its models.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "forecast_runs.h"

namespace unroll {
namespace {

class Forecast : public ForecastRuns {};

TEST_F(Forecast, LearnsAndSaysHowWell) {
  const Json result = train("run", {"--epochs", "40"});
  for (const char* prefix : {"valid_", "test_"}) {
    for (const char* name : {"loss", "rmse", "mae", "mase", "rmse_persistence", "rmse_ar",
                             "rmse_mean", "rmse_seasonal", "coverage"}) {
      EXPECT_TRUE(result.at(std::string(prefix) + name).is_number()) << prefix << name;
    }
  }
  EXPECT_LT(result["test_rmse"], 0.5 * result["test_rmse_persistence"].get<double>());
  EXPECT_LT(result["test_mase"], 1.0);
  // What the answers without a model are, worked out here: the last 32 of 160 steps.
  double persistence = 0, seasonal = 0;
  for (int t = 128; t < 160; ++t) {
    persistence += std::pow(value_at(t) - value_at(t - 1), 2) / 32;
    seasonal += std::pow(value_at(t) - value_at(t - 12), 2) / 32;
  }
  EXPECT_NEAR(result["test_rmse_persistence"], std::sqrt(persistence), 1e-4);  // 6 digits a value
  EXPECT_NEAR(result["test_rmse_seasonal"], std::sqrt(seasonal), 1e-4);
  EXPECT_EQ(lines(contents(folder_.file("run/predictions.csv"))).size(), 33u);
}

TEST_F(Forecast, NoValidationAndNoTestPart) {
  Json result = train("test", {"--valid-fraction", "0"});
  EXPECT_FALSE(result.contains("valid_rmse"));
  EXPECT_TRUE(result.contains("test_rmse"));
  EXPECT_FALSE(result.contains("test_coverage"));  // nothing to take the interval from
  result = train("none", {"--valid-fraction", "0", "--test-fraction", "0"});
  EXPECT_FALSE(result.contains("test_rmse"));
  result = train("gaussian", {"--valid-fraction", "0", "--loss", "gaussian"});
  EXPECT_TRUE(result.contains("test_coverage"));
}

// What comes after the training and the validation part leaves no trace in the model.
TEST_F(Forecast, TheTestPartIsNotSeen) {
  train("one", {"--horizon", "3"});
  write(folder_.file("s.csv"), monthly(160, [](int step, std::string& row) {
          if (step >= 128) set_value(row, std::to_string(1000 * step));
        }));
  train("two", {"--horizon", "3"});
  EXPECT_EQ(model("two"), model("one"));
  write(folder_.file("s.csv"), monthly(160, [](int step, std::string& row) {
          if (step == 127) set_value(row, "99");  // the validation part's last step
        }));
  train("three", {"--horizon", "3"});
  EXPECT_NE(model("three"), model("one"));
}

TEST_F(Forecast, PredictsAndEvaluates) {
  train("run", {"--horizon", "3"});
  Outcome outcome = run(folder_, {"predict", "run", "s.csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  auto rows = lines(outcome.out);
  ASSERT_EQ(rows.size(), 4u) << outcome.out;
  EXPECT_EQ(rows[0], "time,horizon,y,y_forecast,y_low,y_high");
  EXPECT_EQ(rows[1].substr(0, 11), "2003-05,1,,");
  EXPECT_EQ(rows[3].substr(0, 11), "2003-07,3,,");

  // The steps of the series: 160 - 12 - 2 origins, 3 steps each.
  outcome = run(folder_, {"predict", "run", "s.csv", "--labelled", "--as", "jsonl"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  rows = lines(outcome.out);
  ASSERT_EQ(rows.size(), 146u * 3);
  double squares = 0;
  std::size_t within = 0;
  for (const std::string& row : rows) {
    const Json json = Json::parse(row);
    const double truth = json.at("y"), forecast = json.at("y_forecast");
    EXPECT_LE(json.at("y_low"), json.at("y_forecast"));
    EXPECT_LE(json.at("y_forecast"), json.at("y_high"));
    squares += std::pow(truth - forecast, 2);
    within += truth >= json.at("y_low") && truth <= json.at("y_high") ? 1 : 0;
  }
  EXPECT_EQ(Json::parse(rows[0]).at("time"), "1991-01");
  EXPECT_EQ(Json::parse(rows[1]).at("horizon"), 2);

  outcome = run(folder_, {"eval", "run", "s.csv", "--json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const Json result = Json::parse(outcome.out);
  EXPECT_EQ(result.at("forecasts"), 146);
  const auto count = static_cast<double>(rows.size());
  EXPECT_NEAR(result.at("rmse"), std::sqrt(squares / count), 1e-9);
  EXPECT_NEAR(result.at("coverage"), static_cast<double>(within) / count, 1e-12);
  for (const char* name :
       {"mae", "mase", "rmse_persistence", "rmse_seasonal", "rmse_ar", "rmse_mean"}) {
    EXPECT_TRUE(result.at(name).is_number()) << name;
  }
  // To a file, and a series that goes on.
  write(folder_.file("more.csv"), monthly(200));
  outcome = run(folder_, {"predict", "run", "more.csv", "--output", "next.csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(lines(contents(folder_.file("next.csv"))).at(1).substr(0, 7), "2006-09");
}

TEST_F(Forecast, Quantiles) {
  const Json result =
      train("run", {"--epochs", "20", "--loss", "quantiles", "--quantiles", "0.1,0.25,0.5,0.9"});
  EXPECT_LT(result["test_rmse"], result["test_rmse_persistence"]);
  for (const char* name : {"valid_pinball", "test_pinball", "valid_coverage", "test_coverage"}) {
    EXPECT_TRUE(result.at(name).is_number()) << name;
  }
  const Outcome predicted = run(folder_, {"predict", "run", "s.csv"});
  EXPECT_EQ(lines(predicted.out)[0], "time,horizon,y,y_forecast,y_low,y_high,y_q0.25");
  const Outcome evaluated = run(folder_, {"eval", "run", "s.csv", "--json"});
  EXPECT_TRUE(Json::parse(evaluated.out).contains("pinball")) << evaluated.err;
  train("again", {"--config", "run/config.toml", "--epochs", "20"});
  EXPECT_TRUE(model("again") == model("run"));
}

TEST_F(Forecast, SeveralColumns) {
  write(folder_.file("two.csv"), monthly(
                                     160,
                                     [](int step, std::string& row) {
                                       row += ',';
                                       row += std::to_string(3 - step % 5);
                                       row += ",9";
                                     },
                                     "month,y,z,w"));
  const Json result = train("run", {"--column", "z,y", "--horizon", "2"}, "two.csv");
  EXPECT_TRUE(result["test_mase"].is_number());
  const auto rows = lines(run(folder_, {"predict", "run", "two.csv"}).out);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0], "time,horizon,z,z_forecast,z_low,z_high,y,y_forecast,y_low,y_high");
  train("all", {}, "two.csv");  // one of them is constant
  EXPECT_EQ(run(folder_, {"eval", "all", "two.csv"}).code, 0);
  expect_refused({"eval", "run", "s.csv"}, 1, {"s.csv", "'z'"});
}

TEST_F(Forecast, WithoutAHeader) {
  std::string text;
  for (int step = 0; step < 120; ++step) {
    text += std::to_string(value_at(step)) + ',' + std::to_string(step % 7) + '\n';
  }
  write(folder_.file("n.csv"), text);
  train("run", {}, "n.csv");
  for (const char* verb : {"eval", "predict"}) {
    const Outcome outcome = run(folder_, {verb, "run", "n.csv"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
}

TEST_F(Forecast, ThreadsDoNotChangeTheModel) {
  for (const char* loss : {"squared_error", "gaussian"}) {
    std::string first;
    for (const char* threads : {"1", "2", "4"}) {
      const std::string output = std::string(loss) + threads;
      train(output, {"--loss", loss, "--dropout", "0.2", "--threads", threads});
      if (first.empty()) first = model(output);
      EXPECT_EQ(model(output), first) << loss << ", " << threads << " threads";
    }
  }
  train("seed", {"--dropout", "0.2", "--seed", "2"});
  EXPECT_NE(model("seed"), model("squared_error1"));
}

TEST_F(Forecast, ItsConfigRepeatsTheRun) {
  train("first", {"--transform", "log", "--input", "change", "--no-calendar", "--horizon", "2",
                  "--loss", "huber", "--pooling", "last+max"});
  const Outcome again =
      run(folder_, {"train", "forecast", "--config", "first/config.toml", "--output", "again"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(model("again"), model("first"));
}

TEST_F(Forecast, ResumesAfterASignal) {
  const Words more = {"--epochs", "150", "--dropout", "0.1", "--checkpoint-every", "0"};
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  train("reference", more);
  const Clock::duration time = Clock::now() - start;
  Words arguments = options("run", "s.csv", more);
  int stops = 0;
  for (bool done = false; !done; arguments = {"train", "forecast", "--resume", "run", "--quiet"}) {
    Program program(folder_, arguments);
    for (int i = 0; i < 1000 && !std::filesystem::exists(folder_.file("run/config.toml")); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(time / 6);
    if (stops < 3) program.send(SIGTERM);
    const Outcome outcome = program.wait();
    done = outcome.code == 0;
    stops += done ? 0 : 1;
    ASSERT_TRUE(done || outcome.code == 130 || outcome.signal == SIGTERM) << outcome.err;
    ASSERT_LT(stops, 100);
  }
  EXPECT_GT(stops, 0) << "it ended before it could be stopped";
  EXPECT_EQ(model("run"), model("reference"));
}

TEST_F(Forecast, MissingValues) {
  write(folder_.file("gap.csv"), monthly(160, [](int step, std::string& row) {
          if (step == 70 || step == 140) set_value(row, step == 70 ? "" : "NaN");
        }));
  expect_refused(options("run", "gap.csv"), 1, {"gap.csv", "'y'", "missing", "1995-11"});
  for (const char* missing : {"zero", "mean", "previous"}) {
    const Json result = train(missing, {"--missing", missing}, "gap.csv");
    EXPECT_TRUE(result["test_rmse"].is_number()) << missing;
    const Json whole = Json::parse(run(folder_, {"eval", missing, "gap.csv", "--json"}).out);
    EXPECT_EQ(whole.at("forecasts"), 160 - 12 - 2) << missing;  // but the two missing ones
  }
}

TEST_F(Forecast, AConstantColumn) {
  write(folder_.file("constant.csv"),
        monthly(100, [](int, std::string& row) { set_value(row, "5"); }));
  const Json result = train("run", {}, "constant.csv");
  EXPECT_EQ(result.at("test_rmse_persistence"), 0);
  EXPECT_TRUE(result.at("test_mase").is_null());  // its naive forecast has no error
  const Outcome outcome = run(folder_, {"eval", "run", "constant.csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("no better than rmse_persistence"), std::string::npos) << outcome.out;
}

TEST_F(Forecast, BadSeries) {
  const auto written = [&](const char* name, int step, const std::string& value) {
    write(folder_.file(name), monthly(160, [&](int at, std::string& row) {
            if (at == step) set_value(row, value);
          }));
    return options("run", name);
  };
  expect_refused(written("inf.csv", 70, "inf"), 1, {"inf.csv", "line 72", "column 2", "inf"});
  expect_refused(written("text.csv", 70, "many"), 1, {"text.csv", "line 72", "'many'"});
  expect_refused(written("zero.csv", 70, "0") + Words{"--transform", "log"}, 1,
                 {"zero.csv", "'y' is 0 at 1995-11", "log", "none"});
  // In the test part, too: nothing is trained in vain.
  expect_refused(written("late.csv", 155, "-1") + Words{"--transform", "sqrt"}, 1,
                 {"late.csv", "2002-12", "sqrt"});
  expect_refused(options("run", "s.csv", Words{"--horizon", "500"}), 1,
                 {"s.csv", "108 steps", "horizon 500", "lower"});
  expect_refused(options("run", "s.csv", Words{"--horizon", "20", "--test-fraction", "0.05"}), 2,
                 {"--test-fraction", "20 steps"});
  expect_refused(options("run", "s.csv", Words{"--lags", "150"}), 1, {"s.csv", "lags 150"});
  expect_refused(options("run", "s.csv", Words{"--horizon", "0"}), 2, {"--horizon"});
  expect_refused(options("run", "s.csv", Words{"--column", "x"}), 1, {"s.csv", "'x'", "y"});
  expect_refused(options("run", "s.csv", Words{"--column", "y,y"}), 1, {"'y'", "twice"});
  expect_refused(options("run", "s.csv", Words{"--time", "when"}), 1, {"s.csv", "'when'"});
  expect_refused(options("run", "nowhere.csv"), 1, {"nowhere.csv"});

  write(folder_.file("unsorted.csv"), "month,y\n1990-01,1\n1990-03,2\n1990-02,3\n");
  expect_refused(options("run", "unsorted.csv"), 1, {"unsorted.csv", "line 4", "sort"});
  write(folder_.file("twice.csv"), "month,y\n1990-01,1\n1990-02,2\n1990-02,3\n");
  expect_refused(options("run", "twice.csv"), 1, {"twice.csv", "line 4", "twice"});
  write(folder_.file("none.csv"), "month,y\n");
  expect_refused(options("run", "none.csv"), 1, {"none.csv", "no rows"});
  write(folder_.file("empty.csv"), "");
  expect_refused(options("run", "empty.csv"), 1, {"empty.csv", "empty"});
  EXPECT_FALSE(std::filesystem::exists(folder_.file("run/model.safetensors")));
}

TEST_F(Forecast, RefusesOptionsOfSequences) {
  train("run");
  for (const char* verb : {"eval", "predict"}) {
    for (const auto& [flag, value] :
         std::vector<std::pair<std::string, std::string>>{{"--header", "no"},
                                                          {"--delimiter", ";"},
                                                          {"--id", "y"},
                                                          {"--target", "y"},
                                                          {"--level", "char"},
                                                          {"--format", "csv"}}) {
      expect_refused({verb, "run", "s.csv", flag, value}, 2, {flag, "run", "--time"});
    }
    EXPECT_EQ(run(folder_, {verb, "run", "s.csv", "--time", "month", "--threads", "1"}).code, 0);
  }
}

TEST_F(Forecast, BadSeriesForAModel) {
  train("run");
  write(folder_.file("short.csv"), monthly(11));
  for (const char* verb : {"eval", "predict"}) {
    expect_refused({verb, "run", "short.csv"}, 1, {"short.csv", "11 steps", "12"});
  }
  write(folder_.file("enough.csv"), monthly(12));
  EXPECT_EQ(run(folder_, {"predict", "run", "enough.csv"}).code, 0);
  expect_refused({"eval", "run", "enough.csv"}, 1, {"enough.csv"});  // nothing to compare with
  write(folder_.file("undated.csv"), "y\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n");
  expect_refused({"eval", "run", "undated.csv"}, 1, {"undated.csv", "dates"});
  std::string days = "date,y\n";
  for (int day = 1; day < 29; ++day) {
    days += day < 10 ? "2024-02-0" : "2024-02-";
    days += std::to_string(day);
    days += ",1\n";
  }
  write(folder_.file("days.csv"), days);
  expect_refused({"eval", "run", "days.csv"}, 1, {"days.csv", "daily", "monthly"});
  expect_refused({"predict", "run", "s.csv", "--probabilities"}, 2, {"--probabilities"});
}

}  // namespace
}  // namespace unroll
