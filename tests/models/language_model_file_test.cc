#include "unroll/models/language_model_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "temporary_folder.h"

#include "unroll/core/error.h"
#include "unroll/evaluation/text_loss.h"
#include "unroll/io/file.h"
#include "unroll/io/safetensors.h"
#include "unroll/models/model.h"

namespace unroll {
namespace {

class LanguageModelFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = folder_.file("model.safetensors");
    TextReader reader = TextReader::from_memory(text_, Level::kWord);
    vocabulary_ = Vocabulary::build(reader).to_json();
  }

  Vocabulary vocabulary() const { return Vocabulary::from_json(vocabulary_); }
  LanguageModelOptions options() const {
    return {.vocabulary_size = vocabulary().size(),
            .embedding_size = 4,
            .hidden_size = 6,
            .layers = 2,
            .cell = {.name = "gru", .reset = "before"},
            .bias = Bias::kOne};
  }
  template <class T>
  LanguageModel<T> model() const {
    LanguageModel<T> model(options());
    model.initialize({.seed = 7});
    return model;
  }
  std::string message() const {
    try {
      load_text_model<float>(path_);
    } catch (const FormatError& error) {
      return error.what();
    }
    return "";
  }
  // The file with one metadata entry, or one tensor, changed.
  void rewrite(const std::string& key, const std::string& value, const std::string& left_out = "",
               const std::string& added = "") const {
    LanguageModel<float> small = model<float>();
    SafetensorsWriter writer;
    save_text_model(path_, small, vocabulary(), "{}");
    const SafetensorsFile file(path_);
    for (const auto& [k, v] : file.metadata()) writer.set_metadata(k, v);
    if (!key.empty()) writer.set_metadata(key, value);
    for (const Parameter<float>* p : small.parameters()) {
      if (p->name() != left_out) writer.add(p->name(), p->value());
    }
    const Tensor<float> extra({2});
    if (!added.empty()) writer.add(added, extra);
    writer.write(path_);
  }

  std::string text_ = "the cat sat on the mat\nthe dog sat\n";
  TemporaryFolder folder_;
  std::string path_, vocabulary_;
};

TEST_F(LanguageModelFile, EveryCellIsSavedAndLoaded) {
  const Vocabulary words = vocabulary();
  for (const CellOptions& cell : all_cells()) {
    LanguageModel<double> saved({.vocabulary_size = words.size(),
                                 .embedding_size = 4,
                                 .hidden_size = 6,
                                 .layers = 2,
                                 .cell = cell});
    saved.initialize({.seed = 3});
    for (Parameter<double>* p : saved.parameters()) p->edit()[0] += 0.125;
    save_text_model(path_, saved, words, "{}");
    auto loaded = load_text_model<double>(path_);
    EXPECT_EQ(loaded.model.options(), saved.options());
    const auto wanted = saved.parameters(), got = loaded.model.parameters();
    ASSERT_EQ(got.size(), wanted.size()) << cell.name;
    for (std::size_t p = 0; p < got.size(); ++p) {
      EXPECT_EQ(got[p]->name(), wanted[p]->name());
      EXPECT_TRUE(std::ranges::equal(got[p]->value(), wanted[p]->value())) << got[p]->name();
    }
  }
}

// The file has the blocks alone, and a key that files of one head lack.
TEST_F(LanguageModelFile, HeadsAreSavedAndLoaded) {
  LanguageModelOptions with_heads = options();
  with_heads.cell = {.name = "lstm", .heads = 3};
  LanguageModel<float> saved(with_heads);
  saved.initialize({.seed = 3});
  save_text_model(path_, saved, vocabulary(), "{}");
  EXPECT_EQ(load_text_model<float>(path_).model.options(), with_heads);
  const SafetensorsFile file(path_);
  EXPECT_EQ(file.shape("rnn.weight_hh_l0"), std::vector<std::size_t>({24, 2}));
  const std::string json = file.metadata().at("unroll.options");
  EXPECT_NE(json.find(R"("heads":3)"), std::string::npos) << json;
  const auto message_with = [&](const std::string& heads) {
    std::string changed = json;
    changed.replace(changed.find(R"("heads":3)"), 9, heads);
    SafetensorsWriter writer;
    for (const auto& [key, value] : file.metadata()) writer.set_metadata(key, value);
    writer.set_metadata("unroll.options", changed);
    for (const Parameter<float>* p : saved.parameters()) writer.add(p->name(), p->value());
    writer.write(path_);
    return message();
  };
  EXPECT_NE(message_with(R"("heads":2)").find("weight_hh_l0"), std::string::npos);
  EXPECT_NE(message_with(R"("heads":0)").find("heads is 0"), std::string::npos);
  EXPECT_NE(message_with(R"("heads":-1)").find("heads is not a whole number"), std::string::npos);
  EXPECT_NE(message_with(R"("heads":9)").find("heads is 9"), std::string::npos);

  LanguageModel<float> plain = model<float>();
  save_text_model(path_, plain, vocabulary(), "{}");
  EXPECT_EQ(SafetensorsFile(path_).metadata().at("unroll.options").find("heads"),
            std::string::npos);
}

TEST_F(LanguageModelFile, RoundTrip) {
  LanguageModel<float> saved = model<float>();
  save_text_model(path_, saved, vocabulary(), R"({"epochs":3})");
  auto loaded = load_text_model<float>(path_);
  EXPECT_EQ(loaded.model.options(), saved.options());
  EXPECT_EQ(loaded.vocabulary, vocabulary());
  EXPECT_EQ(loaded.training, R"({"epochs":3})");
  const auto before = saved.parameters(), after = loaded.model.parameters();
  for (std::size_t p = 0; p < before.size(); ++p) {
    EXPECT_EQ(before[p]->name(), after[p]->name());
    EXPECT_TRUE(std::equal(before[p]->value().begin(), before[p]->value().end(),
                           after[p]->value().begin()));
  }
  const std::string bytes = read_file(path_, 1 << 20);
  save_text_model(path_, loaded.model, loaded.vocabulary, loaded.training);
  EXPECT_TRUE(read_file(path_, 1 << 20) == bytes);
  EXPECT_EQ(std::get<TextModelInfo>(read_model_info(path_)).dtype, "F32");
  const double as_float =
      text_loss<float>(loaded.model, ThreadTeam(1), std::vector<std::uint32_t>{1, 2, 0, 3}, 1u)
          .nats;
  auto wide = load_text_model<double>(path_);
  const double as_double =
      text_loss<double>(wide.model, ThreadTeam(1), std::vector<std::uint32_t>{1, 2, 0, 3}, 1u).nats;
  EXPECT_NEAR(as_float, as_double, 1e-5 * as_double);
}

TEST_F(LanguageModelFile, RefusesWhatIsNotAModelOfThisKind) {
  rewrite("unroll.architecture", "classifier");
  EXPECT_NE(message().find("'classifier', wanted 'language_model'"), std::string::npos)
      << message();
  rewrite("unroll.format", "2");
  EXPECT_NE(message().find("format 2; this program reads format 1"), std::string::npos)
      << message();
  rewrite("unroll.options", "{");
  EXPECT_NE(message().find("'unroll.options' in its metadata is damaged"), std::string::npos)
      << message();
  rewrite("unroll.vocabulary",
          R"({"level": "word", "tokens": ["a"], "unknown": null, "eos": null})");
  EXPECT_NE(message().find("its vocabulary has 1 tokens"), std::string::npos) << message();
  rewrite("", "", "rnn.weight_ih_l1");
  EXPECT_NE(message().find("rnn.weight_ih_l1"), std::string::npos) << message();
  rewrite("", "", "", "extra");
  EXPECT_NE(message().find("tensor 'extra' belongs to no parameter"), std::string::npos)
      << message();
  SafetensorsWriter foreign;
  const Tensor<float> tensor({2, 3});
  foreign.add("lstm.weight_ih_l0", tensor);
  foreign.write(path_);
  EXPECT_NE(message().find("no model of this program"), std::string::npos) << message();
}

// Options that ask for far more than the file holds must not take memory.
TEST_F(LanguageModelFile, ChecksSizesBeforeMemory) {
  std::string options = R"({"cell":"gru","activation":"tanh","reset":"before","vocabulary_size":)" +
                        std::to_string(vocabulary().size());
  rewrite(
      "unroll.options",
      options +
          R"(,"embedding_size":4,"hidden_size":1000000,"layers":2,"dropout":0.0,"tied":false,"bias":"one"})");
  EXPECT_NE(message().find("weight_hh_l0"), std::string::npos) << message();
  rewrite(
      "unroll.options",
      options +
          R"(,"embedding_size":4000000000,"hidden_size":6,"layers":2,"dropout":0.0,"tied":false,"bias":"one"})");
  EXPECT_NE(message().find("encoder.weight"), std::string::npos) << message();
  rewrite(
      "unroll.options",
      options +
          R"(,"embedding_size":4,"hidden_size":6,"layers":250,"dropout":0.0,"tied":false,"bias":"one"})");
  EXPECT_NE(message(), "");
}

}  // namespace
}  // namespace unroll
