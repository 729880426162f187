#include "recipe.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "unroll/core/error.h"

namespace unroll::benchmarks {
namespace {

class RecipeFile : public testing::Test {
 protected:
  RecipeFile() : folder_((std::filesystem::temp_directory_path() / "unroll-XXXXXX").string()) {
    if (::mkdtemp(folder_.data()) == nullptr) throw FileError(folder_);
  }
  ~RecipeFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
};

void expect_equal(const Recipe& a, const Recipe& b) {
  EXPECT_EQ(a.task.model, b.task.model);
  EXPECT_EQ(a.task.initialization.scheme, b.task.initialization.scheme);
  EXPECT_EQ(a.task.initialization.range, b.task.initialization.range);
  EXPECT_EQ(a.task.initialization.forget_bias, b.task.initialization.forget_bias);
  EXPECT_EQ(a.task.bptt.batch, b.task.bptt.batch);
  EXPECT_EQ(a.task.bptt.bptt, b.task.bptt.bptt);
  EXPECT_EQ(a.task.shards, b.task.shards);
  EXPECT_EQ(a.task.bptt.cursor, b.task.bptt.cursor);
  EXPECT_EQ(a.task.reduction, b.task.reduction);
  EXPECT_EQ(a.task.seed, b.task.seed);
  const OptimizerOptions p = complete(a.training.optimizer), q = complete(b.training.optimizer);
  EXPECT_EQ(p.name, q.name);
  EXPECT_EQ(p.weight_decay, q.weight_decay);
  EXPECT_EQ(p.beta1, q.beta1);
  EXPECT_EQ(p.beta2, q.beta2);
  EXPECT_EQ(p.epsilon, q.epsilon);
  EXPECT_EQ(a.training.schedule.name, b.training.schedule.name);
  EXPECT_EQ(a.training.schedule.learning_rate, b.training.schedule.learning_rate);
  EXPECT_EQ(a.training.schedule.warmup.value_or(0), b.training.schedule.warmup.value_or(0));
  EXPECT_EQ(a.training.schedule.final_rate.value_or(0), b.training.schedule.final_rate.value_or(0));
  EXPECT_EQ(a.training.clip_norm, b.training.clip_norm);
  EXPECT_EQ(a.training.checkpoint_every, b.training.checkpoint_every);
  EXPECT_EQ(a.dtype, b.dtype);
}

// The program writes all that holds in a run into config.toml.
TEST_F(RecipeFile, LeavesOutWhatTheProgramWouldTake) {
  std::string text;
  for (int word = 0; word < 1000; ++word) text += word % 7 == 0 ? "a " : "b ";
  const std::string run = folder_ + "/run";
  const std::string command = "'" UNROLL_PROGRAM "' train lm --quiet --epochs 1 --train '" +
                              write("text", text) + "' --output '" + run + "' > /dev/null";
  ASSERT_EQ(::system(command.c_str()), 0);
  expect_equal(read_recipe(run + "/config.toml"), Recipe());
}

TEST_F(RecipeFile, SaysHowToTrain) {
  const Recipe recipe = read_recipe(RECIPES "/zaremba-medium.toml");
  EXPECT_EQ(recipe.task.model.hidden_size, 650U);
  EXPECT_EQ(recipe.task.model.layers, 2U);
  EXPECT_EQ(recipe.task.model.dropout, 0.5);
  EXPECT_EQ(recipe.task.initialization.scheme, Initialization::kUniform);
  EXPECT_EQ(recipe.task.initialization.range, 0.05);
  EXPECT_EQ(recipe.task.reduction, WindowReduction::kBatch);
  EXPECT_EQ(recipe.training.optimizer.name, "sgd");
  EXPECT_EQ(recipe.training.schedule.divide_from, 7U);
  EXPECT_EQ(recipe.training.clip_norm, 5.0);
}

TEST_F(RecipeFile, HasNoOtherKeysAndTypes) {
  EXPECT_THROW(read_recipe(write("a", "hiden = 5\n")), ValueError);
  EXPECT_THROW(read_recipe(write("b", "hidden = \"5\"\n")), ValueError);
  EXPECT_THROW(read_recipe(write("c", "dtype = \"f16\"\n")), ValueError);
  EXPECT_THROW(read_recipe(write("d", "hidden =\n")), ValueError);
  EXPECT_THROW(read_recipe(folder_ + "/e"), FileError);
}

}  // namespace
}  // namespace unroll::benchmarks
