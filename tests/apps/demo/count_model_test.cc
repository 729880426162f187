#include "apps/unroll/demo/count_model.h"

#include <gtest/gtest.h>

#include <cmath>

namespace unroll::app::demo {
namespace {

// "aab", V = 3 with the c of the test text: p(a) = (2 + 10/3) / 13, p(b) = (1 + 10/3) / 13,
// p(c) = (10/3) / 13.
TEST(CountModel, OrderZeroIsCharactersByTheirFrequency) {
  const double a = (2 + 10.0 / 3) / 13, b = (1 + 10.0 / 3) / 13, c = 10.0 / 3 / 13;
  EXPECT_NEAR(count_model_bits("aab", "abc", 0), -(std::log2(a) + std::log2(b) + std::log2(c)) / 3,
              1e-12);
}

// "abab": a comes twice, each time before b; b comes twice, and once before a, so that
// p(b | a) = (2 + 10 p(b)) / (2 + 10), p(a | b) = (1 + 10 p(a)) / (1 + 10)
// where n(h) counts the b at the end only if something follows it.
TEST(CountModel, OrderOneLooksAtTheCharacterBefore) {
  const double single = 0.5;  // (2 + 10/2) / 14
  const double ab = (2 + 10 * single) / 12, ba = (1 + 10 * single) / 11;
  EXPECT_NEAR(count_model_bits("abab", "aba", 1), -(std::log2(ab) + std::log2(ba)) / 2, 1e-12);
}

TEST(CountModel, CharactersAreCodePoints) {
  EXPECT_DOUBLE_EQ(count_model_bits("\xC3\xA4\xC3\xA4g", "g\xC3\xA4", 1),
                   count_model_bits("aag", "ga", 1));
}

TEST(CountModel, TheProbabilitiesAfterAContextSumToOne) {
  const std::string train = "the cat sat on the mat x";
  for (const char* context : {"th", "at", "xx"}) {
    double sum = 0;
    for (const char c : std::string("thecasonmx ")) {  // all that `train` has
      std::string text = context;
      text += c;
      sum += std::exp2(-count_model_bits(train, text, 2));
    }
    EXPECT_NEAR(sum, 1, 1e-12) << context;
  }
}

}  // namespace
}  // namespace unroll::app::demo
