#include <gtest/gtest.h>

#include "data/data_testing.h"
#include "unroll/core/error.h"
#include "unroll/data/vocabulary.h"

namespace unroll {
namespace {

using namespace std::string_literals;

Vocabulary build(std::string_view text, Level level, const VocabularyOptions& options = {}) {
  TextReader reader = TextReader::from_memory(text, level);
  return Vocabulary::build(reader, options);
}

TEST(VocabularyJson, IsWhatTheHeaderSays) {
  EXPECT_EQ(build("the the the <unk> <unk>", Level::kWord).to_json(),
            R"({"level":"word","tokens":["the","<unk>","<eos>"],"unknown":1,"eos":2})");
  EXPECT_EQ(build("\xFF\xFF\xFF"
                  "A\n",
                  Level::kByte, {.max_size = 2})
                .to_json(),
            R"({"level":"byte","tokens":[255,"<unk>"],"unknown":1,"eos":null})");
  EXPECT_EQ(build("\xC3\xA9\r\n\"", Level::kCharacter).to_json(),
            "{\"level\":\"char\",\"tokens\":[\"\xC3\xA9\",\"\\n\",\"\\\"\"],\"unknown\":null,"
            "\"eos\":null}");
}

TEST(VocabularyJson, ComesBack) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const Vocabulary vocabularies[] = {
      build("the \"cat\" \\u0041 caf\xC3\xA9 \x01\x7F\nthe end", Level::kWord),
      build("a a a b c", Level::kWord, {.min_count = 2}),
      build("h\xC3\xA9\xF0\x9F\x98\x80\r\x01\n\t\\\"", Level::kCharacter),
      build("aaabc", Level::kCharacter, {.min_count = 2}),
      build(every_byte, Level::kByte),
      build(every_byte + "aabb", Level::kByte, {.max_size = 3}),
  };
  for (const Vocabulary& vocabulary : vocabularies) {
    const Vocabulary again = Vocabulary::from_json(vocabulary.to_json());
    EXPECT_EQ(again, vocabulary) << vocabulary.to_json();
    EXPECT_EQ(again.unknown(), vocabulary.unknown());
    EXPECT_EQ(again.eos(), vocabulary.eos());
    EXPECT_EQ(again.to_json(), vocabulary.to_json());
    EXPECT_EQ(again.id(vocabulary.token(1)), 1u);
  }
}

TEST(VocabularyJson, RefusesAnythingElse) {
  const struct {
    std::string json, message;
  } cases[] = {
      {"", "not valid JSON"},
      {"{", "not valid JSON at byte offset 1"},
      {"[]", "not a JSON object"},
      {"null", "not a JSON object"},
      {std::string(100000, '['), "nested too deeply"},
      {R"({"level":"word","tokens":["a"],"unknown":null,"eos":null} x)", "not valid JSON"},
      {"{\"level\":\"word\",\"tokens\":[\"\xFF\"],\"unknown\":null,\"eos\":null}",
       "not valid JSON"},
      {R"({"level":"word","tokens":["\ud800"],"unknown":null,"eos":null})", "not valid JSON"},
      {R"({"level":"word","tokens":[1e999],"unknown":null,"eos":null})", "not valid JSON"},
      {R"({"tokens":["a"],"unknown":null,"eos":null})", "key 'level' is missing"},
      {R"({"level":"word","unknown":null,"eos":null})", "key 'tokens' is missing"},
      {R"({"level":"word","tokens":["a"],"eos":null})", "key 'unknown' is missing"},
      {R"({"level":"word","tokens":["a"],"unknown":null})", "key 'eos' is missing"},
      {R"({"level":"word","tokens":["a"],"unknown":null,"eos":null,"leve":1})",
       "unknown key 'leve'; did you mean 'level'? Known: level, tokens, unknown, eos"},
      {R"({"level":"word","level":"word","tokens":["a"],"unknown":null,"eos":null})",
       "key 'level' stands twice"},
      {R"({"level":1,"tokens":["a"],"unknown":null,"eos":null})", "key 'level' is not a string"},
      {R"({"level":"bite","tokens":[1],"unknown":null,"eos":null})", "did you mean 'byte'?"},
      {R"({"level":"word","tokens":[],"unknown":null,"eos":null})", "not an array of 1"},
      {R"({"level":"word","tokens":{},"unknown":null,"eos":null})", "not an array of 1"},
      {R"({"level":"word","tokens":"a","unknown":null,"eos":null})", "not an array of 1"},
      {R"({"level":"word","tokens":["a","b","a"],"unknown":null,"eos":null})",
       R"(token 2 ("a") stands twice)"},
      {R"({"level":"byte","tokens":[7,7],"unknown":null,"eos":null})", "token 1 (7) stands"},
      {R"({"level":"word","tokens":["a",1],"unknown":null,"eos":null})", "is not a string"},
      {R"({"level":"word","tokens":["a",null],"unknown":null,"eos":null})", "is not a string"},
      {R"({"level":"word","tokens":["a",["b"]],"unknown":null,"eos":null})", "nested too deeply"},
      {R"({"level":"word","tokens":["a b"],"unknown":null,"eos":null})", "no token of level word"},
      {R"({"level":"word","tokens":["a\n"],"unknown":null,"eos":null})", "no token of level word"},
      {R"({"level":"word","tokens":["\u0000"],"unknown":null,"eos":null})", "no token of level"},
      {R"({"level":"word","tokens":[""],"unknown":null,"eos":null})", "no token of level word"},
      {R"({"level":"word","tokens":[")" + std::string(kMaxWordBytes + 1, 'x') +
           R"("],"unknown":null,"eos":null})",
       "no token of level word"},
      {R"({"level":"char","tokens":["ab"],"unknown":null,"eos":null})", "no token of level char"},
      {R"({"level":"char","tokens":["\u0000"],"unknown":null,"eos":null})", "no token of level"},
      {R"({"level":"char","tokens":["<eos>"],"unknown":null,"eos":0})", "no token of level char"},
      {R"({"level":"byte","tokens":["a"],"unknown":null,"eos":null})", "no token of level byte"},
      {R"({"level":"byte","tokens":[256],"unknown":null,"eos":null})", "no integer in 0"},
      {R"({"level":"byte","tokens":[-1],"unknown":null,"eos":null})", "no integer in 0"},
      {R"({"level":"byte","tokens":[1.0],"unknown":null,"eos":null})", "no integer in 0"},
      {R"({"level":"word","tokens":["<unk>"],"unknown":null,"eos":null})",
       "key 'unknown' is null, but the tokens say 0"},
      {R"({"level":"word","tokens":["a"],"unknown":0,"eos":null})", "but the tokens say null"},
      {R"({"level":"word","tokens":["<unk>"],"unknown":0.0,"eos":null})", "but the tokens say 0"},
      {R"({"level":"word","tokens":["<unk>"],"unknown":"0","eos":null})", "but the tokens say 0"},
      {R"({"level":"word","tokens":["a","<eos>"],"unknown":null,"eos":0})",
       "key 'eos' is 0, but the tokens say 1"},
  };
  for (const auto& refused : cases) {
    const std::string& wanted = refused.message;
    const std::string message =
        message_of<FormatError>([&] { Vocabulary::from_json(refused.json, "m.safetensors"); });
    EXPECT_TRUE(message.starts_with("m.safetensors: ")) << message;
    EXPECT_TRUE(contains(message, wanted)) << message << " where " << wanted << " is wanted";
    EXPECT_LT(message.size(), 300u);
  }
}

TEST(VocabularyJson, CutAnywhereIsRefused) {
  const std::string json = build("the cat <unk>\n", Level::kWord).to_json();
  for (std::size_t length = 0; length < json.size(); ++length) {
    EXPECT_THROW(Vocabulary::from_json(json.substr(0, length)), FormatError) << length;
  }
}

}  // namespace
}  // namespace unroll
