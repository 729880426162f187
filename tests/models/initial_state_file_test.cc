#include "unroll/models/initial_state_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

class InitialStateFile : public testing::Test {
 protected:
  template <class T>
  void write(const std::map<std::string, Shape>& tensors, T value = T(0.5)) {
    std::map<std::string, Tensor<T>> all;
    SafetensorsWriter writer;
    for (const auto& [name, shape] : tensors) {
      Tensor<T>& tensor = all.emplace(name, Tensor<T>(shape)).first->second;
      for (std::size_t i = 0; i < tensor.size(); ++i) tensor[i] = value * static_cast<T>(i + 1);
      writer.add(name, tensor);
    }
    writer.write(path_);
  }
  void expect_refused(const std::vector<std::string>& parts) {
    std::vector<std::string> named = parts;
    named.push_back(path_);
    expect_error<FormatError>([&] { read_initial_state(path_, model_); }, named);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.file("start.safetensors");
  SequenceModel<float> model_{{.input_size = 1,
                               .hidden_size = 3,
                               .layers = 2,
                               .bidirectional = true,
                               .cell = {.name = "lstm"},
                               .output_size = 1}};
};

TEST_F(InitialStateFile, IsReadInTheModelsType) {
  write<double>({{"c", {4, 3}}, {"h", {4, 3}}});
  const States<float> states = read_initial_state(path_, model_);
  ASSERT_EQ(states.size(), 2u);
  for (const Tensor<float>& state : states) {
    EXPECT_EQ(state.shape(), Shape({4, 3}));
    for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(state[i], 0.5F * static_cast<float>(i + 1));
  }
  model_.set_initial_state(states);
  EXPECT_TRUE(std::ranges::equal(model_.initial_state()[1], states[1]));
}

TEST_F(InitialStateFile, RefusesWhatDoesNotFit) {
  write<float>({{"h", {4, 3}}});
  expect_refused({"no tensor 'c'", "'h' and 'c'", "(4, 3)"});
  write<float>({{"h", {4, 3}}, {"c", {3, 4}}});
  expect_refused({"'c' is (3, 4)", "(4, 3)"});
  write<float>({{"h", {4, 3}}, {"c", {4, 1, 3}}});
  expect_refused({"'c' is (4, 1, 3)"});
  write<float>({{"h", {4, 3}}, {"c", {4, 3}}, {"hidden", {4, 3}}});
  expect_refused({"'hidden'", "lstm"});
  write<float>({{"h", {4, 3}}, {"c", {4, 3}}}, std::numeric_limits<float>::quiet_NaN());
  expect_refused({"'h'", "not finite", "row 1, column 1"});
  write<double>({{"h", {4, 3}}, {"c", {4, 3}}}, 1e300);  // more than a float holds
  expect_refused({"'h'"});
  EXPECT_THROW(read_initial_state(folder_.file("none"), model_), FileError);
}

}  // namespace
}  // namespace unroll
