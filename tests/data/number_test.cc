#include "data/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace unroll::detail {
namespace {

TEST(Number, ReadsDecimals) {
  const struct {
    const char* text;
    double value;
  } cases[] = {{"0", 0},
               {"-1.5", -1.5},
               {"+2", 2},
               {".5", 0.5},
               {"5.", 5},
               {" 7\t", 7},
               {"1e3", 1000},
               {"1E-2", 0.01},
               {"-0.0", -0.0},
               {"0.1", 0.1},
               {"00012", 12},
               {"4.9e-324", 4.9e-324},
               {"123456789012345678", 123456789012345678.0}};
  for (const auto& [text, value] : cases) {
    EXPECT_EQ(parse_number(text).problem, nullptr) << text;
    EXPECT_EQ(parse_number(text).value, value) << text;
  }
}

TEST(Number, KnowsMissingValues) {
  for (const char* text : {"", "  ", "NA", "?", "nan", "NaN", "NAN", " NaN "}) {
    EXPECT_EQ(parse_number(text).problem, nullptr) << text;
    EXPECT_TRUE(std::isnan(parse_number(text).value)) << text;
  }
}

TEST(Number, RefusesAllElse) {
  const struct {
    const char *text, *problem;
  } cases[] = {{"inf", "is infinite"},        {"-Infinity", "is infinite"},
               {"+inf", "is infinite"},       {"1e999", "is out of the range of a double"},
               {"0x10", "is not a number"},   {"1,5", "is not a number"},
               {"1 2", "is not a number"},    {"-nan", "is not a number"},
               {"nan(1)", "is not a number"}, {"+-1", "is not a number"},
               {"++1", "is not a number"},    {"+", "is not a number"},
               {"-", "is not a number"},      {"1e", "is not a number"},
               {"1x", "is not a number"},     {"na", "is not a number"},
               {"1e999x", "is not a number"}};
  for (const auto& [text, problem] : cases) {
    ASSERT_NE(parse_number(text).problem, nullptr) << text;
    EXPECT_STREQ(parse_number(text).problem, problem) << text;
  }
}

}  // namespace
}  // namespace unroll::detail
