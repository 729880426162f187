#include "support/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "messages.h"

namespace unroll {
namespace {

TEST(Json, WritesWhatItIsGivenInItsOrder) {
  const Json json = {{"z", 1},
                     {"a", "text"},
                     {"list", Json::array({1, -2, 0.5, true, nullptr})},
                     {"numbers", std::vector<double>{1, 0.1}},
                     {"none", std::optional<double>()},
                     {"inner", {{"x", std::optional<int>(3)}}}};
  EXPECT_EQ(json.dump(),
            R"({"z":1,"a":"text","list":[1,-2,0.5,true,null],"numbers":[1.0,0.1],"none":null,)"
            R"("inner":{"x":3}})");
  EXPECT_EQ(Json::object().dump(), "{}");
  EXPECT_EQ(Json::array().dump(), "[]");
  EXPECT_EQ(Json({{"a", 1}}).dump(2), "{\n  \"a\": 1\n}");
}

TEST(Json, WritesNoNumberThatIsNone) {
  EXPECT_EQ(Json(std::nan("")).dump(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).dump(), "null");
}

TEST(Json, TextThatIsNotUtf8IsRefusedOrReplaced) {
  expect_error<JsonError>([] { Json("a\xFF").dump(); }, {"not UTF-8"});
  EXPECT_EQ(Json("a\xFF").dump(-1, Json::Utf8::kReplace), "\"a\xEF\xBF\xBD\"");
}

TEST(Json, ReadsWhatItWrites) {
  const std::string text =
      R"({"b":[[1,2.5],[-3,1e-300]],"a":{"x":"ä\n","y":null,"z":false},"big":18446744073709551615})";
  const Json json = Json::parse(text);
  EXPECT_EQ(json.dump(), text);
  EXPECT_EQ(json, Json::parse(json.dump(3)));
  EXPECT_EQ(json["b"][1][0].dump(), "-3");
  EXPECT_EQ(json["big"].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(json["a"]["x"].text(), "ä\n");
}

TEST(Json, RefusesTexts) {
  const auto refused = [](const std::string& text, const std::string& why, std::size_t depth = 64) {
    expect_error<JsonError>([&] { Json::parse(text, depth); }, {why});
  };
  refused("", "byte offset 0");
  refused("[1,]", "byte offset 3");
  refused("[1] 2", "byte offset 4");
  refused(std::string("[1]\0", 4), "byte offset 3");
  refused("[1e999]", "out of the range of a double");
  refused("[\"\\ud800\"]", "not valid JSON");
  refused(R"({"a":1,"b":2,"a":3})", "the key 'a' stands twice");
  refused(R"({"o":{"a":1,"a":3}})", "the key 'a' stands twice");
  refused("[[[1]]]", "nested too deeply", 2);
  refused(std::string(1000000, '['), "nested too deeply");
  EXPECT_EQ(Json::parse("[[1]]", 2).dump(), "[[1]]");
  EXPECT_FALSE(Json::try_parse("[1").has_value());
}

TEST(Json, SaysWhatIsWanted) {
  const Json json = Json::parse(R"({"text":"a","number":1.5,"negative":-1,"list":[1,"b"]})");
  const auto refused = [](auto&& call, const std::string& why) {
    expect_error<JsonError>(call, {why});
  };
  refused([&] { json.at("nothing"); }, "the key 'nothing' is missing");
  refused([&] { json["text"].get<double>(); }, "a text where a number is wanted");
  refused([&] { json["number"].get<std::string>(); }, "1.5 where a text is wanted");
  refused([&] { json["number"].get<std::size_t>(); }, "1.5 where a whole number is wanted");
  refused([&] { json["negative"].get<std::size_t>(); }, "-1 where a whole number is wanted");
  refused([&] { Json(300).get<std::uint8_t>(); }, "300 where a whole number up to 255 is wanted");
  refused([&] { json["list"].get<std::vector<double>>(); }, "a text where a number is wanted");
  refused([&] { json["list"].get<bool>(); }, "a list where true or false is wanted");
  refused([&] { json["text"].members(); }, "a text where an object is wanted");
  refused([&] { json["nothing"].text(); }, "null where a text is wanted");
}

TEST(Json, GivesMembersAndItems) {
  Json json;
  EXPECT_TRUE(json.is_null());
  json["b"] = 1;
  json["a"] = Json::array({2, 3});
  json["a"].push_back(4);
  json["b"] = 5;
  EXPECT_EQ(json.size(), 2u);
  EXPECT_EQ(json.members().front().key, "b");
  double sum = 0;
  for (const Json& item : json["a"]) sum += item.get<double>();
  EXPECT_EQ(sum, 9);
  EXPECT_EQ(json.value("b", 0.0), 5.0);
  EXPECT_EQ(json.value("c", 7.0), 7.0);
  EXPECT_TRUE(json["c"].is_null());
  json.erase("b");
  EXPECT_FALSE(json.contains("b"));
}

TEST(Json, EqualValuesAreEqualWhateverTheOrder) {
  EXPECT_EQ(Json::parse(R"({"a":1,"b":[2]})"), Json::parse(R"({"b":[2],"a":1})"));
  EXPECT_FALSE(Json::parse(R"({"a":1})") == Json::parse(R"({"a":1.0})"));
  EXPECT_FALSE(Json::parse(R"({"a":1})") == Json::parse(R"({"a":1,"b":2})"));
  EXPECT_EQ(Json(3), Json(std::uint64_t{3}));
}

}  // namespace
}  // namespace unroll
