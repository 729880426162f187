// An initial state that is given: in training, kept in the model file, and in its place in
// `predict` and `eval`.
#include <gtest/gtest.h>

#include <limits>

#include "forecast_runs.h"
#include "sequence_runs.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

void write_state(const std::string& path, const Shape& shape, float value,
                 const std::vector<std::string>& names = {"h"}) {
  std::vector<Tensor<float>> tensors(names.size(), Tensor<float>(shape));
  SafetensorsWriter writer;
  for (std::size_t k = 0; k < names.size(); ++k) {
    for (std::size_t i = 0; i < tensors[k].size(); ++i) {
      tensors[k][i] = i % 3 == 0 ? -value : value;
    }
    writer.add(names[k], tensors[k]);
  }
  writer.write(path);
}

class InitialStates : public SequenceRuns {
 protected:
  InitialStates() { write_state(folder_.file("start.safetensors"), {2, 12}, 0.75F); }

  std::string out(const Words& arguments) {
    const Outcome outcome = run(folder_, arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  }
  static Words given(const std::string& verb, const std::string& train, const std::string& output) {
    return small(verb, train, output) + Words{"--initial-state", "start.safetensors"};
  }
};

TEST_F(InitialStates, AreKeptWithTheModel) {
  const struct {
    const char *verb, *train, *test;
  } tasks[] = {{"classify", "train.jsonl", "test.jsonl"},
               {"tag", "places.conll", "places_test.conll"},
               {"regress", "sums.jsonl", "sums_test.jsonl"}};
  for (const auto& [verb, file, test] : tasks) {
    const std::string output = std::string("run_") + verb;
    const auto r = result(given(verb, file, output) + Words{"--test", test});
    const SafetensorsFile kept(folder_.file(output + "/model.safetensors"));
    const Tensor<float> start = kept.read<float>("initial.h", Shape({2, 12}));
    for (std::size_t i = 0; i < start.size(); ++i) {
      EXPECT_EQ(start[i], i % 3 == 0 ? -0.75F : 0.75F);  // a constant of the training
    }
    const auto info = nlohmann::json::parse(out({"info", output, "--json"}));
    EXPECT_EQ(info["architecture"]["initial_state"], "given");
    EXPECT_EQ(info["parameter_count"], r["parameters"]);
    // The file is not needed any more.
    const Words eval = {"eval", output, test, "--json"};
    const auto own = nlohmann::json::parse(out(eval));
    const char* figure = std::string(verb) == "regress" ? "rmse" : "accuracy";
    EXPECT_DOUBLE_EQ(number(own, figure), number(r, std::string("test_") + figure));
    EXPECT_EQ(out(eval + Words{"--initial-state", "start.safetensors"}), out(eval));
    EXPECT_NE(out(eval + Words{"--initial-state", "zero"}), out(eval));
    const Words predict = {"predict", output, test, "--labelled"};
    EXPECT_EQ(out(predict + Words{"--initial-state", "start.safetensors"}), out(predict));
    EXPECT_NE(out(predict + Words{"--initial-state", "zero"}), out(predict));
    // It is part of what is trained.
    train(small(verb, file, "zero") + Words{"--overwrite"});
    EXPECT_NE(model("zero"), model(output));
    EXPECT_EQ(out({"predict", "zero", test, "--initial-state", "zero"}),
              out({"predict", "zero", test}));
    EXPECT_NE(out({"predict", "zero", test, "--initial-state", "start.safetensors"}),
              out({"predict", "zero", test}));
  }
}

TEST_F(InitialStates, OfEveryStateOfTheCell) {
  write_state(folder_.file("lstm.safetensors"), {4, 12}, 0.5F, {"c", "h"});
  train(small("classify", "train.jsonl", "run") +
        Words{"--cell", "lstm", "--layers", "2", "--initial-state", "lstm.safetensors"});
  const SafetensorsFile kept(folder_.file("run/model.safetensors"));
  EXPECT_EQ(kept.shape("initial.c"), (std::vector<std::size_t>{4, 12}));
  EXPECT_EQ(run(folder_, {"check", "run", "train.jsonl"}).code, 0);
}

TEST_F(InitialStates, ResumeWithTheSameOneAlone) {
  const Words more = {"--updates", "40", "--checkpoint-every", "1"};
  train(given("classify", "train.jsonl", "whole") + more);
  train({"train", "classify", "--config", "whole/config.toml", "--output", "again", "--quiet"});
  EXPECT_EQ(model("again"), model("whole"));
  train({"train", "classify", "--resume", "whole", "--quiet"});
  write_state(folder_.file("start.safetensors"), {2, 12}, 0.7F);
  const Outcome other = run(folder_, {"train", "classify", "--resume", "whole"});
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.err.find("checkpoint.safetensors"), std::string::npos) << other.err;
}

// A path in a TOML file starts from its folder; the words do not.
TEST_F(InitialStates, InAConfiguration) {
  std::filesystem::create_directory(folder_.file("folder"));
  std::filesystem::rename(folder_.file("start.safetensors"),
                          folder_.file("folder/start.safetensors"));
  const std::string head = "train = '../train.jsonl'\nhidden = 12\nupdates = 8\n";
  write(folder_.file("folder/given.toml"), head + "initial_state = 'start.safetensors'\n");
  write(folder_.file("folder/trainable.toml"), head + "initial_state = 'trainable'\n");
  for (const char* name : {"given", "trainable"}) {
    const std::string config = std::string("folder/") + name + ".toml";
    train({"train", "classify", "--config", config, "--output", name, "--quiet"});
    const auto info = nlohmann::json::parse(out({"info", name, "--json"}));
    EXPECT_EQ(info["architecture"]["initial_state"], name);
  }
}

TEST_F(InitialStates, BadOnes) {
  const auto refused = [&](const std::string& verb, const std::string& file, int code,
                           const std::vector<std::string>& parts) {
    Words arguments = small(verb, "train.jsonl", "run") + Words{"--initial-state", file};
    if (verb != "classify") arguments = {verb, "trained", "test.jsonl", "--initial-state", file};
    const Outcome outcome = run(folder_, arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const std::string& part : parts) {
      EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
    }
    EXPECT_FALSE(std::filesystem::exists(folder_.file("run"))) << file;
  };
  train(small("classify", "train.jsonl", "trained"));
  write_state(folder_.file("small.safetensors"), {1, 12}, 0.5F);
  write_state(folder_.file("names.safetensors"), {2, 12}, 0.5F, {"h", "c"});
  write_state(folder_.file("nan.safetensors"), {2, 12}, std::numeric_limits<float>::quiet_NaN());
  for (const char* verb : {"classify", "eval", "predict"}) {
    refused(verb, "small.safetensors", 1, {"small.safetensors", "(1, 12)", "(2, 12)"});
    refused(verb, "names.safetensors", 1, {"names.safetensors", "'c'", "gru"});
    refused(verb, "nan.safetensors", 1, {"nan.safetensors", "'h'", "finite"});
    refused(verb, "test.jsonl", 1, {"test.jsonl"});
    refused(verb, "none.safetensors", 2, {"--initial-state none.safetensors", "no such file"});
  }
  refused("classify", "trainble", 2, {"--initial-state trainble", "trainable"});
  refused("eval", "trainable", 2, {"--initial-state trainable", "zero"});
}

class InitialStatesOfForecasts : public ForecastRuns {};

TEST_F(InitialStatesOfForecasts, AreKeptWithTheModel) {
  write_state(folder_.file("start.safetensors"), {1, 8}, 0.75F);
  for (const Words& mode : {Words{}, Words{"--stateful"}}) {
    std::vector<std::string> tables;
    for (const char* state : {"zero", "trainable", "start.safetensors"}) {
      train("run", mode + Words{"--initial-state", state, "--overwrite"});
      tables.push_back(run(folder_, {"predict", "run", "s.csv", "--labelled"}).out);
      EXPECT_NE(tables.back(), "");
    }
    EXPECT_NE(tables[0], tables[1]);
    EXPECT_NE(tables[0], tables[2]);
    const Words predict = {"predict", "run", "s.csv", "--labelled", "--initial-state"};
    EXPECT_EQ(run(folder_, predict + Words{"start.safetensors"}).out, tables[2]);
    EXPECT_NE(run(folder_, predict + Words{"zero"}).out, tables[2]);
    const Json info = Json::parse(run(folder_, {"info", "run", "--json"}).out);
    EXPECT_EQ(info["architecture"]["initial_state"], "given");
  }
}

}  // namespace
}  // namespace unroll
