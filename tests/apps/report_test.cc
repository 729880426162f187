// `unroll report`: what its page says of a run, and that nothing in a run's files can harm it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.h"
#include "report_page.h"

namespace unroll {
namespace {

constexpr const char* kConfig =
    "# Data\ntrain = \"/data/gun point.ts\"\n\n# Optimization\nlearning_rate = 0.002\n\n"
    "# Run\nepochs = 9\n";
constexpr const char* kLog =
    R"({"epoch":1,"updates":4,"train_loss":0.9,"valid_loss":0.8,"valid_accuracy":0.5,"valid_accuracy_majority":0.4,"learning_rate":0.1,"gradient_norm":2.0,"sequences":1200,"seconds":2.0,"sequences_per_second":600.0})"
    "\n"
    R"({"epoch":2,"updates":8,"train_loss":0.5,"valid_loss":0.6,"valid_accuracy":0.7,"valid_accuracy_majority":0.4,"learning_rate":0.1,"gradient_norm":null,"sequences":1200,"seconds":1.0,"sequences_per_second":1200.0})"
    "\n";
constexpr const char* kResult =
    R"({"train_loss":0.5,"valid_loss":0.6,"valid_accuracy":0.7,"test_accuracy":0.625,"test_accuracy_majority":0.75,
        "test_confusion":{"classes":["up","down"],"counts":[[3,1],[2,2]]},"epochs":2,"sequences":2400,
        "sequences_per_second":800.0,"seconds":4.5,"parameters":12345,"peak_memory_bytes":30000000,"model":"run/model.safetensors"})";
constexpr const char* kPredictions =
    "id,label,predicted,probability\n"
    "a,up,up,0.9\nb,up,down,0.6\nc,down,down,0.8\nd,down,up,0.95\n";

class Report : public testing::Test {
 protected:
  // Writes the files of a run; what is empty is left out.
  void make_run(const std::string& log, const std::string& result, const std::string& predictions,
                const std::string& config = kConfig) {
    std::filesystem::create_directory(folder_.file("run"));
    const std::pair<const char*, const std::string*> files[] = {{"config.toml", &config},
                                                                {"log.jsonl", &log},
                                                                {"result.json", &result},
                                                                {"predictions.csv", &predictions}};
    for (const auto& [name, text] : files) {
      const std::string path = folder_.file(std::string("run/") + name);
      std::filesystem::remove(path);
      if (!text->empty()) write(path, *text);
    }
  }
  ReportPage page(const std::string& run_folder = "run") {
    const Outcome outcome = run(folder_, {"report", run_folder});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    ReportPage result(folder_.file(run_folder + "/report.html"));
    result.check();
    return result;
  }
  void expect_refused(const std::string& wanted, const Words& more = {},
                      const Words& environment = {}) {
    std::filesystem::remove(folder_.file("run/report.html"));
    const Outcome outcome = run(folder_, Words{"report", "run"} + more, "", environment);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(wanted), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.file("run/report.html")));
  }

  TemporaryFolder folder_;
};

// Tests of it have charts.
class DrawnReport : public Report {
 protected:
  void SetUp() override {
    if (!gnuplot_is_there()) GTEST_SKIP() << "gnuplot is missing";
  }
};

TEST_F(DrawnReport, ShowsAFinishedRunOfLabels) {
  make_run(kLog, kResult, kPredictions);
  const ReportPage page = this->page();
  EXPECT_TRUE(page.says("Finished after 2 epochs."));
  EXPECT_EQ(page.texts("//h2"),
            (Words{"Results", "Curves", "Confusion matrix, test data",
                   "Sample predictions, test data", "Speed and size", "Configuration"}));
  EXPECT_EQ(page.texts("//figure//h3"),
            (Words{"Loss", "Accuracy", "Learning rate", "Norm of the gradient"}));
  EXPECT_EQ(page.count("//svg"), 4u);
  EXPECT_TRUE(page.says("Lowest of the validation data: 0.6, epoch 2."));
  EXPECT_TRUE(page.says("Without a model: Accuracy majority, 0.4."));
  EXPECT_TRUE(page.says("The model is no better than accuracy_majority: 0.6250 against 0.7500."));
  EXPECT_EQ(page.rows("results")[1], (Words{"Accuracy", "–", "0.7000", "0.6250"}));
  const auto speed = page.rows("speed");
  EXPECT_EQ(speed, (std::vector<Words>{{"Epochs", "2"},
                                       {"Sequences", "2,400"},
                                       {"Time of training", "3.0 s"},
                                       {"Sequences per second", "800"},
                                       {"Time of the command", "4.5 s"},
                                       {"Memory at the most", "30 MB"},
                                       {"Parameters", "12,345"}}));
}

TEST_F(DrawnReport, ColoursTheConfusionMatrixByTheShareOfTheRow) {
  make_run(kLog, kResult, kPredictions);
  const ReportPage page = this->page();
  EXPECT_EQ(page.rows("confusion"), (std::vector<Words>{{"up", "3", "1"}, {"down", "2", "2"}}));
  EXPECT_EQ(page.texts("//table[starts-with(@class, 'confusion')]//td/@style"),
            (Words{"--share:0.750", "--share:0.250", "--share:0.500", "--share:0.500"}));
  EXPECT_EQ(page.texts("//table[starts-with(@class, 'confusion')]//td/@class"),
            (Words{"right", "wrong", "wrong", "right"}));
}

TEST_F(DrawnReport, ReadsTheConfusionOfManyClassesAsPairs) {
  make_run(kLog,
           R"({"test_confusion":{"classes":["up","down"],"pairs":[[0,0,3],[0,1,1],[1,0,2]]}})", "");
  EXPECT_EQ(page().rows("confusion"), (std::vector<Words>{{"up", "3", "1"}, {"down", "2", "0"}}));
}

TEST_F(DrawnReport, ShowsWrongPredictionsFirstTheSurestOfThemAtTheTop) {
  make_run(kLog, kResult, kPredictions);
  const ReportPage page = this->page();
  EXPECT_EQ(page.rows("samples"), (std::vector<Words>{{"d", "down", "up", "0.95"},
                                                      {"b", "up", "down", "0.6"},
                                                      {"a", "up", "up", "0.9"},
                                                      {"c", "down", "down", "0.8"}}));
  EXPECT_EQ(page.count("//table[@class='samples']//tr[@class='wrong']"), 2u);
  EXPECT_TRUE(page.says("Wrong: 2 of 4 predictions."));

  std::string many = "id,step,label,predicted,probability\n";
  for (int i = 0; i < 100; ++i) {
    many += std::to_string(i) + ",0,x," + (i < 50 ? "y" : "x") + ",0.5\n";
  }
  make_run(kLog, kResult, many);
  const auto rows = this->page().rows("samples");
  ASSERT_EQ(rows.size(), 20u);
  EXPECT_EQ(rows[13], (Words{"13", "0", "x", "y", "0.5"}));
  EXPECT_EQ(rows[14], (Words{"50", "0", "x", "x", "0.5"}));

  make_run(kLog, kResult, "id,label,predicted,p(x),p(y)\n1,x|y,x|y,1,1\n2,x,,0.1,0.2\n");
  EXPECT_EQ(this->page().rows("samples"),
            (std::vector<Words>{{"2", "x", "", "0.1", "0.2"}, {"1", "x|y", "x|y", "1", "1"}}));
}

TEST_F(DrawnReport, TextFromOutsideStaysText) {
  const std::string label = R"(<script>alert("1")</script> & 'a', {{title}} &amp;)";
  const nlohmann::json result = {
      {"test_accuracy", 0.5},
      {"test_<img src=x>", 1.5},
      {"note", "<b>"},
      {"test_confusion", {{"classes", {label, "</td>"}}, {"counts", {{1, 0}, {0, 1}}}}}};
  std::string quoted = label;
  for (std::size_t i = 0; (i = quoted.find('"', i)) != quoted.npos; i += 2) quoted.insert(i, "\"");
  make_run(R"({"epoch":1,"train_loss":1.5,"valid_<i>x\"</i>":0.5})"
           "\n",
           result.dump(),
           "id,label,predicted,probability\n\"<i>\n1</i>\",\"" + quoted + "\",</td>,0.5\n",
           "# <b>Data</b>\ntrain = \"/x/<img src=x onerror=alert(1)>.ts\"\ndump = '''a\nb'''\n");
  const ReportPage page = this->page();
  EXPECT_EQ(page.rows("samples"), (std::vector<Words>{{"<i>\n1</i>", label, "</td>", "0.5"}}));
  EXPECT_EQ(page.texts("//section[@aria-labelledby='confusion']//tbody//th"),
            (Words{label, "</td>"}));
  EXPECT_EQ(page.texts("//thead//th[@scope='col'][starts-with(., '<scr')]"), Words{label});
  EXPECT_EQ(page.texts("//figure//h3"), (Words{"Loss", "<i>x\"</i>"}));
  EXPECT_EQ(
      page.rows("configuration"),
      (std::vector<Words>{{"train", "/x/<img src=x onerror=alert(1)>.ts"}, {"dump", "a\nb"}}));
  EXPECT_EQ(page.texts("//div[@class='settings']/table/caption"), Words{"<b>Data</b>"});
}

// `updates` says how many epochs there are to be: four updates each are done.
TEST_F(DrawnReport, CountsEpochsByUpdates) {
  make_run(kLog, "", "", "# Run\nepochs = 1\nupdates = 30\n");
  EXPECT_TRUE(page().says("Not finished: 2 of 8 epochs so far."));
  make_run(kLog, "", "", "# Run\nepochs = 20\nupdates = 30\n");
  EXPECT_TRUE(page().says("Not finished: 2 of 20 epochs so far."));
  make_run("", "", "", "# Run\nepochs = 1\nupdates = 30\n");
  EXPECT_TRUE(page().says("Not finished: 0 epochs so far."));
}

TEST_F(DrawnReport, SaysThatARunIsNotFinished) {
  make_run(kLog, "", "");
  const ReportPage page = this->page();
  EXPECT_TRUE(page.says("Not finished: 2 of 9 epochs so far."));
  EXPECT_TRUE(page.says("There are none yet: predictions.csv"));
  EXPECT_EQ(page.count("//h2[@id='results'] | //h2[@id='confusion']"), 0u);
  EXPECT_EQ(page.count("//svg"), 4u);
  EXPECT_EQ(page.rows("speed").size(), 4u);
}

TEST_F(Report, OfARunThatHasOnlyBegunNeedsNoCharts) {
  make_run("", "", "");
  const Outcome outcome = run(folder_, {"report", "run"}, "", {"PATH=/nowhere"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const ReportPage page(folder_.file("run/report.html"));
  page.check();
  EXPECT_TRUE(page.says("Not finished: 0 of 9 epochs so far."));
  EXPECT_TRUE(page.says("log.jsonl is written at the end of the first epoch"));
  EXPECT_EQ(page.rows("configuration"),
            (std::vector<Words>{
                {"train", "/data/gun point.ts"}, {"learning_rate", "0.002"}, {"epochs", "9"}}));
  EXPECT_EQ(page.texts("//div[@class='settings']/table/caption"),
            (Words{"Data", "Optimization", "Run"}));
}

TEST_F(Report, NamesThePackageWhereGnuplotIsMissing) {
  make_run(kLog, "", "");
  expect_refused("gnuplot-nox", {}, {"PATH=/nowhere"});
}

TEST_F(DrawnReport, SaysWhereItCouldNotDraw) {
  make_run(kLog, "", "");
  std::filesystem::create_directory(folder_.file("bin"));
  write(folder_.file("bin/gnuplot"), "#!/bin/sh\necho 'line 1: no such terminal' >&2\nexit 3\n");
  std::filesystem::permissions(folder_.file("bin/gnuplot"), std::filesystem::perms::owner_all);
  expect_refused("no such terminal", {}, {"PATH=" + folder_.file("bin")});
}

TEST_F(DrawnReport, PathsMayHaveSpacesAndQuotes) {
  make_run(kLog, kResult, kPredictions);
  std::filesystem::rename(folder_.file("run"), folder_.file("my <'run'> &"));
  const Outcome outcome =
      run(folder_, {"report", "my <'run'> &/", "--output", "the \"page\".html"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "report: the \"page\".html\n");
  EXPECT_FALSE(std::filesystem::exists(folder_.file("my <'run'> &/report.html")));
  const ReportPage page(folder_.file("the \"page\".html"));
  page.check();
  EXPECT_EQ(page.texts("//h1"), Words{"my <'run'> &"});
}

TEST_F(DrawnReport, ShowsForecastsWithTheirIntervals) {
  // With two more of `--loss quantiles`.
  std::string rows = "time,horizon,co2,co2_forecast,co2_low,co2_high,co2_q0.25,co2_q0.75\n";
  for (int month = 1; month <= 12; ++month) {
    for (int horizon = 1; horizon <= 2; ++horizon) {
      const std::string truth = month <= 10 ? std::to_string(350 + month) : "";
      rows += "1990-" + std::string(month < 10 ? "0" : "") + std::to_string(month) + "-01," +
              std::to_string(horizon) + "," + truth + ",351.5,350,353,351,352\n";
    }
  }
  make_run(kLog, "", rows);
  const ReportPage page = this->page();
  EXPECT_EQ(page.texts("//figure[@class='wide']//h3"),
            (Words{"co2, shortest horizon", "co2, longest horizon"}));
  const Words tics = page.texts("//figure[@class='wide'][1]//text");
  EXPECT_EQ(std::count(tics.begin(), tics.end(), " 1990-03") +
                std::count(tics.begin(), tics.end(), "1990-03"),
            1)
      << testing::PrintToString(tics);  // a date, not the number 1990
  for (const char* name : {"interval", "truth", "forecast"}) {
    EXPECT_EQ(std::count(tics.begin(), tics.end(), name), 1) << name;
  }
  EXPECT_EQ(page.rows("samples").size(), 20u);
  EXPECT_EQ(page.rows("samples")[19],
            (Words{"1990-12-01", "2", "", "351.5", "350", "353", "351", "352"}));
}

TEST_F(DrawnReport, ShowsPredictedAgainstTrueNumbers) {
  make_run(kLog, "",
           "id,step,life,life_predicted,wear,wear_predicted\n"
           "a,0,1,1.5000000000000002,3,4\na,1,2,1.5,,5\nb,0,7,6,2,2\n");
  const ReportPage page = this->page();
  EXPECT_EQ(page.texts("//section[@aria-labelledby='figures']//h3"), (Words{"life", "wear"}));
  EXPECT_EQ(page.count("//svg"), 6u);
  EXPECT_EQ(page.rows("samples"), (std::vector<Words>{{"a", "0", "1", "1.5", "3", "4"},
                                                      {"a", "1", "2", "1.5", "", "5"},
                                                      {"b", "0", "7", "6", "2", "2"}}));
}

TEST_F(Report, RefusesDamagedFilesNamingTheLine) {
  make_run("{\"epoch\":1}\n{\"epoch\":", "", "");
  expect_refused("run/log.jsonl:2: wanted a JSON object");
  make_run("{\"epoch\":\"one\"}\n", "", "");
  expect_refused("run/log.jsonl:1: wanted the key \"epoch\"");
  make_run("", "[1]", "");
  expect_refused("run/result.json: wanted a JSON object");
  make_run("", R"({"test_confusion":{"classes":["a","b"],"counts":[[1,2]]}})", "");
  expect_refused("run/result.json: test_confusion: wanted 2 rows of 2 counts");
  make_run("", R"({"test_confusion":{"classes":["a"],"counts":[["x"]]}})", "");
  expect_refused("run/result.json: test_confusion: wanted an object");
  make_run("", R"({"test_confusion":{"classes":["a"],"pairs":[[0,1,2]]}})", "");
  expect_refused("run/result.json: test_confusion: wanted pairs of 1 classes");
  make_run("", "", "id,label,predicted,probability\na,b,c,0.5\nd,e\n");
  expect_refused("line 3");
  make_run("", "", "id,life,life_predicted\na,1,much\n");
  expect_refused("line 2");
  make_run("", "", "id,life,age\na,1,2\n");
  expect_refused("'life_predicted'");
  make_run("", "", "", "epochs = \n");
  expect_refused("run/config.toml:1:");
}

TEST_F(Report, RefusesAFolderWithoutARunAndAPlaceThatIsNone) {
  std::filesystem::create_directory(folder_.file("run"));
  expect_refused("there is no run in it");
  make_run("", "", "");
  expect_refused("missing/page.html", {"--output", "missing/page.html"});
  EXPECT_EQ(run(folder_, {"report"}).code, 2);
  EXPECT_EQ(run(folder_, {"report", "run", "--outptu", "x"}).code, 2);
}

TEST_F(DrawnReport, OfALanguageModelHasPerplexityAndTheTextThatGenerateWrites) {
  write(folder_.file("text.txt"), small_text(60));
  ASSERT_EQ(run(folder_, small_run("lm") + Words{"--valid", "text.txt"}).code, 0);
  const ReportPage page = this->page("lm");
  EXPECT_EQ(page.texts("//figure//h3")[1], "Perplexity");
  EXPECT_EQ(page.count("//h2[@id='samples']"), 0u);
  ASSERT_EQ(page.count("//pre"), 1u);
  std::string text = page.texts("//pre")[0];
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    EXPECT_NE((" " + small_text(60)).find(" " + word), std::string::npos) << word;
  }
  if (text.back() != '\n') text += "\n";
  EXPECT_EQ(text, run(folder_, {"generate", "lm", "--length", "300"}).out);
}

TEST_F(DrawnReport, OfBytesIsUtf8AndBeginsWhereNoLineEnds) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "größe €5 <für> ∑\x01 ";
  write(folder_.file("text.txt"), text);
  ASSERT_EQ(run(folder_, small_run("lm") + Words{"--level", "byte"}).code, 0);
  const ReportPage page = this->page("lm");
  EXPECT_TRUE(page.says("the most frequent token, was given"));
  EXPECT_NO_THROW(nlohmann::json(page.text()).dump());  // throws for what is no UTF-8
  EXPECT_EQ(page.text().find('\x01'), std::string::npos);
  EXPECT_NE(page.texts("//pre")[0].find("\xEF\xBF\xBD"), std::string::npos);
}

}  // namespace
}  // namespace unroll
