#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
using Begins = std::vector<std::size_t>;
using T = TargetKind;

TEST(JsonLines, ReadsNumbers) {
  const Sequences s = read_text("a.jsonl",
                                "{\"id\": \"a\", \"x\": [[1, 2], [3, null]], \"label\": \"up\"}\r\n"
                                "\n"
                                "{\"label\": 3, \"x\": [[-1e1, 2.5]], \"id\": 7}\n"
                                "{\"x\": [], \"label\": true, \"id\": \"c\"}",
                                {.target = T::kLabel});
  EXPECT_EQ(s.begin, (Begins{0, 2, 3, 3}));
  EXPECT_EQ(s.features, 2u);
  EXPECT_EQ(s.ids, (Names{"a", "7", "c"}));
  EXPECT_EQ(s.labels, (Names{"up", "3", "true"}));
  expect_values(s.values, {1, 2, 3, kNan, -10, 2.5});
  const Sequences one = read_text("a.ndjson", "{\"x\": [1, null, 3]}\n{\"x\": [[4]]}\n");
  EXPECT_EQ(one.begin, (Begins{0, 3, 4}));
  EXPECT_EQ(one.features, 1u);
  EXPECT_TRUE(one.ids.empty());
  expect_values(one.values, {1, kNan, 3, 4});
}

TEST(JsonLines, ReadsTokens) {
  const std::string text =
      "{\"text\": \" the  cat\\n\"}\n{\"text\": \"\"}\n{\"tokens\": [\"h\\u00e9\"]}\n";
  const Sequences words = read_text("a.jsonl", text);
  EXPECT_TRUE(words.of_tokens());
  EXPECT_EQ(words.begin, (Begins{0, 2, 2, 3}));
  EXPECT_EQ(words.tokens, (Names{"the", "cat", "h\xC3\xA9"}));
  EXPECT_EQ(
      read_text("a.jsonl", "{\"text\": \"h\xC3\xA9 \"}\n", {.level = Level::kCharacter}).tokens,
      (Names{"h", "\xC3\xA9", " "}));
}

TEST(JsonLines, ReadsEveryTarget) {
  const auto read = [](const std::string& text, T target) {
    return read_text("a.jsonl", text, {.target = target});
  };
  EXPECT_EQ(read("{\"tokens\":[\"a\",\"b\"],\"labels\":[\"N\", 2]}\n{\"tokens\":[],\"labels\":[]}",
                 T::kStepLabel)
                .labels,
            (Names{"N", "2"}));
  const Sequences value = read("{\"x\":[1],\"y\":1.5}\n{\"x\":[1],\"y\":[2]}\n", T::kValue);
  EXPECT_EQ(value.target_width, 1u);
  expect_values(value.targets, {1.5, 2});
  const Sequences wide = read("{\"x\":[1],\"y\":[1,2]}\n{\"x\":[],\"y\":[3,4]}\n", T::kValue);
  EXPECT_EQ(wide.target_width, 2u);
  expect_values(wide.targets, {1, 2, 3, 4});
  const Sequences steps =
      read("{\"x\":[1,2],\"y\":[[1,2],[3,4]]}\n{\"x\":[],\"y\":[]}\n", T::kStepValue);
  EXPECT_EQ(steps.target_width, 2u);
  expect_values(steps.targets, {1, 2, 3, 4});
  expect_values(read("{\"x\":[1,2],\"y\":[5,6]}\n", T::kStepValue).targets, {5, 6});
  // What nobody wants is left out.
  EXPECT_TRUE(read("{\"x\":[1],\"y\":5,\"label\":\"a\"}\n", T::kNone).labels.empty());
}

TEST(JsonLines, SequencesWithoutAStepAreOfNumbersToo) {
  const Sequences s = read_text("a.jsonl", "{\"x\":[]}\n{\"x\":[]}\n");
  EXPECT_EQ(s.features, 1u);
  EXPECT_EQ(s.begin, (Begins{0, 0, 0}));
  EXPECT_TRUE(read_text("a.jsonl", "{\"text\":\"\"}\n").of_tokens());
}

TEST(JsonLines, RefusesAnythingElse) {
  const std::string one = "{\"x\":[1],\"label\":\"a\",\"id\":1}\n";
  const struct {
    std::string text, message;
    T target = T::kNone;
  } cases[] = {
      {"", "a.jsonl: is empty; wanted JSON lines (text)"},
      {"\n", "a.jsonl: holds no sequence"},
      {"[1]\n", "a.jsonl: line 1: is a list; wanted a JSON object"},
      {"3\n", "a.jsonl: line 1: is 3; wanted a JSON object"},
      {one + "{\"x\":[1,}\n", "a.jsonl: line 2, column 9: not valid JSON, near '}'"},
      {"{\"x\":[NaN]}\n",
       "a.jsonl: line 1, column 7: not valid JSON, near 'NaN]}'; a missing value is null"},
      {"{\"x\":[1]", "not valid JSON, near ''"},
      {"{\"x\":[1e999]}\n", "line 1: not valid JSON: a number is out of the range of a double"},
      {"{\"x\":[1]} {}\n", "line 1, column 11: not valid JSON"},
      {"{\"x\":[1],\"lable\":1}\n",
       "a.jsonl: line 1: unknown key 'lable'; did you mean 'label'? Known: id, x, text"},
      {"{\"x\":[1],\"x\":[2]}\n", "line 1: the key 'x' stands twice"},
      {"{\"id\":1}\n", "line 1: has none of the keys 'x', 'text' and 'tokens'"},
      {"{\"x\":[1],\"text\":\"a\"}\n", "line 1: has both 'x' and 'text'"},
      {one + "{\"text\":\"a\",\"id\":1}\n", "line 2: has 'text', but line 1 has 'x'"},
      {"{\"text\":\"a\"}\n{\"x\":[]}\n", "line 2: has 'x', but line 1 has text"},
      {"{\"x\":3}\n", "line 1: x is 3; wanted a list of steps"},
      {"{\"x\":[\"a\"]}\n", "line 1: x[0] is \"a\"; wanted a number"},
      {"{\"x\":[[1,\"2\"]]}\n", "line 1: x[0][1] is \"2\"; wanted a number"},
      {"{\"x\":[[1],2]}\n", "line 1: x[1] is 2, x[0] is a list; wanted lists of numbers alone"},
      {"{\"x\":[[1],[]]}\n", "line 1: x[1] is an empty list; a step needs a feature"},
      {"{\"x\":[[1,2],[3]]}\n", "line 1: x[1] has 1 number, x[0] of line 1 has 2"},
      {"{\"x\":[[1,2]]}\n{\"x\":[[1,2],[1,2,3]]}\n",
       "line 2: x[1] has 3 numbers, x[0] of line 1 has 2"},
      {"{\"x\":[[[1]]]}\n", "line 1: lists or objects are nested too deeply"},
      {"{\"x\":" + std::string(100000, '['), "line 1: lists or objects are nested too deeply"},
      {"{\"x\":{\"a\":1}}\n", "line 1: x is an object; wanted a list of steps"},
      {"{\"x\":{}}\n", "line 1: x is an object; wanted a list of steps"},
      {"{\"text\":1}\n", "line 1: text is 1; wanted a string"},
      {"{\"text\":\"a\\u0000\"}\n", "line 1: text has a NUL character"},
      {"{\"tokens\":1}\n", "line 1: tokens is 1; wanted a list of strings"},
      {"{\"tokens\":[1]}\n", "line 1: tokens[0] is 1; wanted a string"},
      {"{\"tokens\":[\"a\",\"\"]}\n", "line 1: tokens[1], '', is empty"},
      {"{\"tokens\":[\"a b\"]}\n", "line 1: tokens[0], 'a b', has white space"},
      {one + "{\"x\":[1]}\n", "line 2: has no id, line 1 has one"},
      {"{\"x\":[1]}\n" + one, "line 2: has an id, line 1 has none"},
      {"{\"x\":[1],\"id\":1.5}\n", "line 1: id is 1.5; wanted a string, not empty, or an integer"},
      {"{\"x\":[1]}\n", "line 1: has no key 'label'", T::kLabel},
      {"{\"x\":[1],\"label\":0.5}\n", "line 1: label is 0.5; wanted a string", T::kLabel},
      {"{\"x\":[1],\"label\":\" \"}\n", "line 1: label is \" \"; wanted a string", T::kLabel},
      {"{\"x\":[1],\"label\":null}\n", "line 1: label is null; wanted a string", T::kLabel},
      {one, "line 1: has no key 'labels'", T::kStepLabel},
      {"{\"x\":[1],\"labels\":\"a\"}\n", "line 1: labels is \"a\"; wanted a list", T::kStepLabel},
      {"{\"x\":[1],\"labels\":[1,2]}\n", "line 1: labels has 2 items, the sequence has 1 step",
       T::kStepLabel},
      {"{\"x\":[1],\"labels\":[[]]}\n", "line 1: labels[0] is a list; wanted a string",
       T::kStepLabel},
      {one, "line 1: has no key 'y'", T::kValue},
      {"{\"x\":[1],\"y\":null}\n", "line 1: y is null; wanted a number", T::kValue},
      {"{\"x\":[1],\"y\":[]}\n", "line 1: y has 0 numbers; wanted at least 1", T::kValue},
      {"{\"x\":[1],\"y\":1}\n{\"x\":[1],\"y\":[1,2]}\n",
       "line 2: y has 2 numbers; wanted 1 as before", T::kValue},
      {"{\"x\":[1],\"y\":[1,\"a\"]}\n", "line 1: y[1] is \"a\"; wanted a number", T::kValue},
      {"{\"x\":[1],\"y\":1}\n", "line 1: y is 1; wanted a list", T::kStepValue},
      {"{\"x\":[1],\"y\":[]}\n", "line 1: y has 0 items, the sequence has 1 step", T::kStepValue},
  };
  for (const auto& refused : cases) {
    const std::string got = refusal("a.jsonl", refused.text, {.target = refused.target});
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
  EXPECT_TRUE(contains(refusal("a.jsonl", "{\"tokens\":[\"ab\"]}\n", {.level = Level::kCharacter}),
                       "tokens[0], 'ab', is not one character"));
  EXPECT_TRUE(contains(refusal("a.jsonl", "{\"x\":[1],\"meta\":{\"a\":1}}\n"),
                       "unknown key 'meta'; known: id, x, text"));
  EXPECT_TRUE(contains(refusal("a.jsonl", "{\"x\":[1],\"meta\":{\"a\":1}}\n"),
                       "leave it out: --ignore meta"));
  EXPECT_EQ(read_text("a.jsonl", "{\"x\":[1],\"meta\":{\"a\":1},\"n\":2}\n{\"x\":[2]}\n",
                      {.ignored_columns = {"meta", "n"}})
                .size(),
            2u);
  EXPECT_TRUE(contains(refusal<ValueError>("a.jsonl", one, {.level = Level::kByte}),
                       "level is byte; the tokens of labelled text are words or characters"));
}

TEST(JsonLines, ReadsAMillionCharactersInALine) {
  std::string text = "{\"x\":[0";
  for (int i = 0; i < 300000; ++i) text += ",0.5";
  EXPECT_EQ(read_text("a.jsonl", text + "]}").steps(), 300001u);
}

}  // namespace
}  // namespace unroll
