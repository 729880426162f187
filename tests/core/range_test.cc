#include "core/range.h"

#include <gtest/gtest.h>

#include "messages.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(NumberText, ReadsBackAsTheSame) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(-3), "-3");
  EXPECT_EQ(number_text(1e-300), "1e-300");
  EXPECT_EQ(number_text(kInfinity), "inf");
  for (const double value : {1.0 / 3, 5e-324, 0x1.fffffffffffffp1023}) {
    EXPECT_EQ(std::stod(number_text(value / 2)), value / 2);
  }
}

TEST(Interval, HasOrLacksItsEnds) {
  for (const bool low : {false, true}) {
    for (const bool high : {false, true}) {
      const Interval interval{0, 1, low, high};
      EXPECT_TRUE(interval.contains(0.5));
      EXPECT_EQ(interval.contains(0), low);
      EXPECT_EQ(interval.contains(1), high);
      EXPECT_FALSE(interval.contains(-1e-300));
      EXPECT_FALSE(interval.contains(1.0000001));
      EXPECT_FALSE(interval.contains(kNaN));
      EXPECT_EQ(interval.text(), std::string(low ? "[" : "(") + "0, 1" + (high ? "]" : ")"));
    }
  }
}

TEST(CheckRange, NamesWhatIsWrong) {
  check_range("momentum", 0.9, {0, 1, true, false});
  EXPECT_EQ(message_of<ValueError>([] {
              check_range("momentum", 1, {0, 1, true, false});
            }),
            "momentum is 1; wanted a number in [0, 1)");
  EXPECT_EQ(message_of<ValueError>([] {
              check_range("x", kNaN, {0, kInfinity, false, false});
            }),
            "x is nan; wanted a number in (0, inf)");
}

}  // namespace
}  // namespace unroll
