#include <gtest/gtest.h>

#include <cstdlib>

#include "data/data_testing.h"
#include "unroll/data/vocabulary.h"

namespace unroll {
namespace {

// The Penn Treebank text in the form of Mikolov et al., "Recurrent neural network based language
// model", Interspeech 2010: ptb/ptb.{train,valid,test}.txt in the folder that UNROLL_DATA names.
TEST(PennTreebank, HasItsKnownSizes) {
  const char* data = std::getenv("UNROLL_DATA");
  const std::string folder = std::string(data ? data : "") + "/ptb/ptb.";
  if (!data || !std::filesystem::exists(folder + "train.txt")) {
    GTEST_SKIP() << "UNROLL_DATA names no folder with ptb/ptb.train.txt";
  }
  const auto open = [&](const std::string& part) {
    return TextReader(folder + part + ".txt", Level::kWord);
  };
  TextReader train = open("train");
  const Vocabulary vocabulary = Vocabulary::build(train);
  EXPECT_EQ(vocabulary.size(), 10000u);
  EXPECT_TRUE(vocabulary.unknown());
  EXPECT_TRUE(vocabulary.eos());
  const std::pair<std::string, std::size_t> parts[] = {
      {"train", 929589}, {"valid", 73760}, {"test", 82430}};
  for (const auto& [part, tokens] : parts) {
    TextReader reader = open(part);
    const EncodedText text = vocabulary.encode(reader);
    EXPECT_EQ(text.tokens.size(), tokens) << part;
    EXPECT_EQ(text.unknown_tokens, 0u) << part;
  }
  TextReader start = open("train");
  EXPECT_EQ(Vocabulary::build(start, {.max_tokens = 1000}).size(), 418u);
}

}  // namespace
}  // namespace unroll
