#include "cliffs.h"

#include <gtest/gtest.h>

#include <vector>

namespace unroll::benchmarks {
namespace {

using Places = std::vector<std::size_t>;

TEST(Cliffs, AreBelowFourFifthsOfTheBetterNeighbour) {
  EXPECT_EQ(cliffs({}), Places{});
  EXPECT_EQ(cliffs(std::vector<double>{5}), Places{});
  EXPECT_EQ(cliffs(std::vector<double>{80, 100, 80}), Places{});
  EXPECT_EQ(cliffs(std::vector<double>{79, 100, 90, 71, 60}), (Places{0, 3}));
  EXPECT_EQ(cliffs(std::vector<double>{100, 10, 12, 100}), (Places{1, 2}));
}

}  // namespace
}  // namespace unroll::benchmarks
