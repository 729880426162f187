// Any model file opens by its architecture, from its path or from the folder of a run.

#include "unroll/models/model.h"

#include <gtest/gtest.h>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

template <class T>
void save_small_text_model(const std::string& path) {
  TextReader reader = TextReader::from_memory("a b a", Level::kWord);
  const Vocabulary vocabulary = Vocabulary::build(reader);
  const LanguageModel<T> model(
      {.vocabulary_size = vocabulary.size(), .embedding_size = 2, .hidden_size = 3});
  save_text_model<T>(path, model, vocabulary, "{}");
}

TEST(LoadModel, TakesTheTypeOfTheFileUnlessDoubleIsWanted) {
  const TemporaryFolder folder;
  const std::string path = folder.file(kModelFileName);
  save_small_text_model<float>(path);
  EXPECT_TRUE(std::holds_alternative<TextModel<float>>(load_model(path)));
  EXPECT_TRUE(std::holds_alternative<TextModel<float>>(load_model(folder.path())));
  EXPECT_TRUE(std::holds_alternative<TextModel<double>>(load_model(path, LoadAs::kDouble)));
  EXPECT_EQ(std::get<TextModelInfo>(read_model_info(folder.path())).dtype, "F32");
  save_small_text_model<double>(path);
  EXPECT_TRUE(std::holds_alternative<TextModel<double>>(load_model(path)));
  EXPECT_EQ(load_text_model<float>(folder.path()).model.options().hidden_size, 3u);
}

TEST(LoadModel, RefusesWhatItDoesNotKnow) {
  const TemporaryFolder folder;
  const auto message = [](const std::string& path) {
    return message_of<Error>([&] { load_model(path); });
  };
  EXPECT_TRUE(contains(message(folder.path()), "the folder holds no model (no model.safetensors)"));
  EXPECT_TRUE(contains(message(folder.file("none")), "cannot be opened"));
  SafetensorsWriter writer;
  writer.set_metadata("unroll.format", "1");
  writer.set_metadata("unroll.architecture", "transducer");
  writer.write(folder.file("x"));
  EXPECT_TRUE(contains(message(folder.file("x")),
                       "holds a model of the architecture 'transducer'; this program knows "
                       "language_model, sequence_model"));
}

}  // namespace
}  // namespace unroll
