// Series as people have them: what is read of a file, said, kept with the model and asked about.
#include <gtest/gtest.h>

#include <cstdio>

#include "forecast_runs.h"
#include "messages.h"

namespace unroll {
namespace {

class SeriesFiles : public ForecastRuns {
 protected:
  // "NAME,y" with 120 values; date(step) writes the first cell.
  template <class Date>
  void write_dated(const std::string& file, const Date& date, int steps = 120) {
    std::string text = "when,y\n";
    for (int step = 0; step < steps; ++step) {
      text += date(step) + ',' + std::to_string(value_at(step)) + '\n';
    }
    write(folder_.file(file), text);
  }

  // The first `steps` days of 2023 in a form with three numbers.
  static std::string day(int step, const char* form, bool month_first = false) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;
    for (; step >= kDays[month]; ++month) step -= kDays[month];
    char text[32];
    const int a = month_first ? month + 1 : step + 1, b = month_first ? step + 1 : month + 1;
    std::snprintf(text, sizeof text, form, a, b);
    return text;
  }

  Outcome run_well(const Words& arguments) {
    const Outcome outcome = run(folder_, arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome;
  }

  // The time of the first row that `predict` writes.
  std::string next_time(const std::string& model, const std::string& file) {
    const auto rows = lines(run_well({"predict", model, file}).out);
    return rows.size() < 2 ? "" : rows[1].substr(0, rows[1].find(','));
  }
};

TEST_F(SeriesFiles, WhatWasReadIsSaid) {
  std::string text = ",date,note,y\n";
  for (int step = 0; step < 120; ++step) {
    if (step == 50 || step == 51) continue;
    text += std::to_string(step < 50 ? step : step - 2) + ',' + day(step, "%02d.%02d.2023") +
            ",ok," + (step == 70 ? std::string() : std::to_string(value_at(step))) + '\n';
  }
  write(folder_.file("a.csv"), text);
  Words words = options("run", "a.csv", {"--missing", "mean"});
  std::erase(words, "--quiet");
  const std::string said = run_well(words).err;
  for (const char* part :
       {"a.csv: csv (comma, header yes), 118 steps, time 'date' from 01.01.2023 to 30.04.2023",
        "(%d.%m.%Y, daily)", "2 steps absent from 20.02.2023 on", "--insert-missing",
        "values: 'y' 15", "1 missing", "left out: '' (numbers the rows), 'note' (text)",
        "--column decides", "12 lags, horizon 1, season 7"}) {
    EXPECT_TRUE(contains(said, part)) << said << "lacks " << part;
  }
  const Json data = train("again", {"--missing", "mean"}, "a.csv").at("data");
  EXPECT_EQ(data.at("file"), "a.csv");
  EXPECT_EQ(data.at("steps"), 118);
  EXPECT_EQ(data.at("absent"), 2);
  EXPECT_EQ(data.at("time").at("format"), "%d.%m.%Y");
  EXPECT_EQ(data.at("columns").at(0).at("name"), "y");
  EXPECT_EQ(data.at("columns").at(0).at("missing"), 1);
  EXPECT_EQ(data.at("left_out").at(1).at("why"), "text");
  EXPECT_EQ(data.at("season"), 7);
  EXPECT_EQ(Json::parse(contents(folder_.file("again/result.json"))).at("data"), data);
  // So do eval and predict, after their work.
  for (const char* verb : {"eval", "predict"}) {
    EXPECT_TRUE(contains(run_well({verb, "run", "a.csv"}).err, "118 steps")) << verb;
    EXPECT_EQ(run_well({verb, "run", "a.csv", "--quiet"}).err, "") << verb;
  }
  const Outcome eval = run_well({"eval", "run", "a.csv", "--json"});
  EXPECT_EQ(Json::parse(eval.out).at("data").at("steps"), 118);
}

TEST_F(SeriesFiles, ChoicesAreShown) {
  Words words = options("run", "s.csv", {"--transform", "log"});
  const std::string text = run_well(words).out;
  EXPECT_TRUE(contains(text, "transform log, input level, 12 lags, horizon 1, season 12")) << text;
  EXPECT_TRUE(contains(text, "columns: y")) << text;
  const Json info = Json::parse(run_well({"info", "run", "--json"}).out).at("architecture");
  EXPECT_EQ(info.at("transform"), "log");
  EXPECT_EQ(info.at("season"), 12);
  EXPECT_EQ(info.at("lags"), 12);
  EXPECT_EQ(info.at("columns"), Json::parse("[\"y\"]"));
}

TEST_F(SeriesFiles, DatesOfTwoReadingsAreAskedAbout) {
  // Sixty days: the thirteenth tells.
  write_dated("told.csv", [](int step) { return day(step, "%02d/%02d/2023"); });
  EXPECT_EQ(train("told", {}, "told.csv").at("data").at("time").at("format"), "%d/%m/%Y");
  EXPECT_EQ(next_time("told", "told.csv"), "01/05/2023");
  // The first days of months.
  write_dated("open.csv", [](int step) {
    char text[32];
    std::snprintf(text, sizeof text, "%02d/%02d/%d", 1 + step % 12, 1, 2000 + step / 12);
    return std::string(text);
  });
  expect_refused(options("run", "open.csv"), 1,
                 {"open.csv", "line 3", "%d/%m/%Y", "%m/%d/%Y", "--time-format"});
  const Json asked = train("open", {"--time-format", "%m/%d/%Y"}, "open.csv");
  EXPECT_EQ(asked.at("data").at("frequency"), "monthly");
  EXPECT_EQ(next_time("open", "open.csv"), "01/01/2010");  // the model remembers it
  // A model that was trained where the days told knows it for a file where they do not.
  write_dated(
      "few.csv", [](int step) { return day(step, "%02d/%02d/2023"); }, 12);
  EXPECT_EQ(next_time("told", "few.csv"), "13/01/2023");
  expect_refused({"predict", "told", "few.csv", "--time-format", "%Y"}, 1, {"few.csv", "%Y"});
  expect_refused(options("run", "open.csv", {"--time-format", "%d/%m"}), 1, {"%d/%m", "no year"});
}

TEST_F(SeriesFiles, FutureRowsHaveDates) {
  const struct {
    const char* file;
    std::string next;
    std::string (*date)(int step);
  } cases[] = {
      {"ends.csv", "2033-01-31",
       [](int step) {
         constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
         const int year = 2023 + step / 12, month = step % 12;
         char text[32];
         std::snprintf(text, sizeof text, "%d-%02d-%d", year, month + 1,
                       kDays[month] + (month == 1 && year % 4 == 0 ? 1 : 0));
         return std::string(text);
       }},
      {"quarters.csv", "2000Q1",
       [](int step) {
         return std::to_string(1970 + step / 4) + "Q" + std::to_string(step % 4 + 1);
       }},
      {"numbers.csv", "120", [](int step) { return std::to_string(step); }},
  };
  for (const auto& c : cases) {
    write_dated(c.file, c.date);
    train(c.file + std::string(".run"), {"--time", "when"}, c.file);
    EXPECT_EQ(next_time(c.file + std::string(".run"), c.file), c.next);
  }
}

// Monday to Friday from Monday 2023-01-02 on: a value that the day of the week decides.
TEST_F(SeriesFiles, BusinessDays) {
  std::string text = "date,y\n";
  int rows = 0;
  for (int step = 1; step < 350; ++step) {
    const int weekday = (step - 1) % 7;  // 2023-01-02 is a Monday
    if (weekday > 4) continue;
    text +=
        day(step, "2023-%02d-%02d", true) + ',' + std::to_string(10 * weekday + step % 3) + '\n';
    ++rows;
  }
  write(folder_.file("b.csv"), text);
  const Json result = train("run", {}, "b.csv");
  EXPECT_EQ(result.at("season"), 5);
  EXPECT_EQ(result.at("data").at("frequency"), "daily, Monday to Friday");
  EXPECT_EQ(result.at("data").at("absent"), 0);
  EXPECT_EQ(result.at("data").at("steps"), rows);
  EXPECT_LT(result.at("test_rmse_seasonal"), 2);       // that of a week before, not of seven rows
  EXPECT_EQ(next_time("run", "b.csv"), "2023-12-18");  // after Friday 2023-12-15
}

TEST_F(SeriesFiles, NoTimesAreRemembered) {
  write_dated("d.csv", [](int step) { return day(step, "%d/%d/2023"); });
  train("run", {"--time", "", "--column", "y"}, "d.csv");
  for (const Words& words : {Words{"predict", "run", "d.csv"}, Words{"eval", "run", "d.csv"},
                             Words{"check", "run", "d.csv"}}) {
    EXPECT_EQ(run(folder_, words).code, 0) << words[0];
  }
  EXPECT_EQ(next_time("run", "d.csv"), "121");
  EXPECT_EQ(run_well({"eval", "run", "d.csv"}).err.find("no column of times") != std::string::npos,
            true);
}

TEST_F(SeriesFiles, AbsentStepsAreInsertedWhereAsked) {
  write_dated("g.csv", [](int step) { return day(step + (step > 60 ? 3 : 0), "%02d.%02d.2023"); });
  expect_refused(options("run", "g.csv", {"--insert-missing"}), 1, {"g.csv", "'y' is missing"});
  const Json result = train("run", {"--insert-missing", "--missing", "previous"}, "g.csv");
  EXPECT_EQ(result.at("data").at("steps"), 123);
  EXPECT_EQ(result.at("data").at("inserted"), 3);
  EXPECT_EQ(result.at("data").at("absent"), 0);
  const Json eval = Json::parse(run_well({"eval", "run", "g.csv", "--json"}).out);
  EXPECT_EQ(eval.at("data").at("inserted"), 3);
}

TEST_F(SeriesFiles, NumbersAreAHeaderWhereItIsSaid) {
  std::string text = "0,1\n";
  for (int step = 0; step < 120; ++step) {
    text += std::to_string(value_at(step)) + ',' + std::to_string(step % 7) + '\n';
  }
  write(folder_.file("h.csv"), text);
  EXPECT_EQ(train("no", {"--header", "no"}, "h.csv").at("data").at("steps"), 121);
  const Json data = train("run", {"--header", "yes"}, "h.csv").at("data");
  EXPECT_EQ(data.at("steps"), 120);
  EXPECT_EQ(data.at("columns").at(1).at("name"), "1");
  const Outcome outcome = run_well({"predict", "run", "h.csv"});
  EXPECT_EQ(lines(outcome.out)[0].substr(0, 25), "time,horizon,0,0_forecast");
  EXPECT_TRUE(contains(outcome.err, "120 steps")) << outcome.err;
}

TEST_F(SeriesFiles, SeveralSeriesAreRefused) {
  std::string text = "date,store,y\n";
  for (int store = 1; store < 3; ++store) {
    for (int step = 0; step < 60; ++step) {
      text += day(step, "2023-%02d-%02d", true) + ',' + std::to_string(store) + ',' +
              std::to_string(value_at(step) + store) + '\n';
    }
  }
  write(folder_.file("p.csv"), text);
  expect_refused(options("run", "p.csv"), 1,
                 {"p.csv", "'store' (2 values)", "several series", "write a file a series"});
  std::string wide = "name,a,b,c\n";
  for (int row = 0; row < 50; ++row) wide += "D" + std::to_string(row) + ",1,2,3\n";
  write(folder_.file("w.csv"), wide);
  expect_refused(options("run", "w.csv"), 1, {"w.csv", "'name'", "several series"});
}

TEST_F(SeriesFiles, AConstantStaysConstant) {
  write(folder_.file("c.csv"), monthly(100, [](int, std::string& row) { set_value(row, "42"); }));
  for (const char* loss : {"squared_error", "gaussian", "quantiles"}) {
    const Json result = train(loss, {"--loss", loss}, "c.csv");
    EXPECT_EQ(result.at("test_rmse"), 0) << loss;
    EXPECT_EQ(result.at("test_coverage"), 1) << loss;
    EXPECT_EQ(lines(run_well({"predict", loss, "c.csv"}).out).at(1), "1998-05,1,,42,42,42");
  }
}

TEST_F(SeriesFiles, AZeroAfterALogIsNotFatal) {
  const auto growing = [](int step) { return std::exp(0.03 * step) * (2 + step % 4); };
  const auto with = [&](const char* last) {
    return monthly(120, [&](int step, std::string& row) {
      set_value(row, step == 119 ? last : std::to_string(growing(step)));
    });
  };
  write(folder_.file("z.csv"), with("0"));
  const Json result = train("run", {}, "z.csv");
  EXPECT_EQ(result.at("transform"), "log");
  EXPECT_TRUE(result.at("test_rmse").is_number());
  run_well({"predict", "run", "z.csv"});
  write(folder_.file("n.csv"), with("-3"));
  expect_refused({"predict", "run", "n.csv"}, 1,
                 {"n.csv", "'y' is -3 at 1999-12", "no log", "--transform none"});
}

TEST_F(SeriesFiles, NumbersWithoutSquaresAreRefused) {
  write(folder_.file("l.csv"), monthly(100, [](int step, std::string& row) {
          set_value(row, std::to_string(5 + step % 7) + "e154");
        }));
  expect_refused(options("run", "l.csv"), 1, {"l.csv", "'y'", "too large", "scale them down"});
  EXPECT_FALSE(std::filesystem::exists(folder_.file("run/model.safetensors")));
}

// --time-format is for series alone.
TEST_F(SeriesFiles, ModelsOfSequencesHaveNoTimeFormat) {
  std::string text = "a,b,label\n";
  for (int row = 0; row < 40; ++row) {
    text +=
        std::to_string(row % 2) + ',' + std::to_string(row % 3) + (row % 2 == 0 ? ",x\n" : ",z\n");
  }
  write(folder_.file("t.csv"), text);
  run_well({"train", "classify", "--train", "t.csv", "--output", "run", "--hidden", "4", "--epochs",
            "1", "--quiet"});
  for (const char* verb : {"eval", "predict"}) {
    expect_refused({verb, "run", "t.csv", "--time-format", "%Y"}, 2, {"--time-format", "run"});
  }
}

TEST_F(SeriesFiles, AShortFileGoesOnAsTheSeriesOfTheTraining) {
  std::string text = "date,y\n", last;
  for (int step = 1, rows = 0; rows < 120; ++step) {  // 2023-01-01 is a Sunday
    if (step % 7 == 0 || step % 7 == 6) continue;
    last = day(step, "2023-%02d-%02d", true) + ',' + std::to_string(value_at(rows++)) + '\n';
    text += last;
  }
  write(folder_.file("long.csv"), text);
  train("run", {"--lags", "1"}, "long.csv");
  write(folder_.file("last.csv"), "date,y\n" + last);
  EXPECT_EQ(last.substr(0, 10), "2023-06-16");  // a Friday
  EXPECT_EQ(next_time("run", "long.csv"), "2023-06-19");
  EXPECT_EQ(next_time("run", "last.csv"), "2023-06-19");
}

TEST_F(SeriesFiles, PredictionsDoNotReplaceWhatIsRead) {
  write(folder_.file("d.csv"), "date,y,y\n2024-01-01,1,2\n2024-01-02,2,3\n");
  const Outcome twice = run(folder_, options("twice", "d.csv", {}));
  EXPECT_EQ(twice.code, 1);
  EXPECT_TRUE(contains(twice.err, "two columns are called 'y'")) << twice.err;
  std::string text = "date,y\n";
  for (int step = 0; step < 60; ++step) {
    text += day(step, "2023-%02d-%02d", true) + ',' + std::to_string(value_at(step)) + '\n';
  }
  write(folder_.file("a.csv"), text);
  train("run", {}, "a.csv");
  for (const char* output : {"a.csv", "./a.csv", "run/model.safetensors"}) {
    const Outcome refused = run(folder_, {"predict", "run", "a.csv", "--output", output});
    EXPECT_EQ(refused.code, 2) << output;
    EXPECT_TRUE(contains(refused.err, "which is read")) << refused.err;
  }
  EXPECT_EQ(contents(folder_.file("a.csv")), text);
}

}  // namespace
}  // namespace unroll
