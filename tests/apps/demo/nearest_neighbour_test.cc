#include "apps/unroll/demo/nearest_neighbour.h"

#include <gtest/gtest.h>

namespace unroll::app::demo {
namespace {

TEST(NearestNeighbour, TakesTheKindOfTheNearestCurve) {
  const std::vector<LabelledCurve> train = {{0, {0, 0}}, {1, {3, 4}}};
  // Distances to the two: 2.4 and 2.6, 2.6 and 2.4, 5 and 0.
  const std::vector<LabelledCurve> test = {{0, {1.44, 1.92}}, {0, {1.56, 2.08}}, {1, {3, 4}}};
  EXPECT_DOUBLE_EQ(nearest_neighbour_accuracy(train, test), 2.0 / 3);
}

TEST(NearestNeighbour, OfSeveralTheFirst) {
  const std::vector<LabelledCurve> train = {{2, {1}}, {1, {-1}}};
  EXPECT_EQ(nearest_neighbour_accuracy(train, {{2, {0}}}), 1);
  EXPECT_EQ(nearest_neighbour_accuracy(train, {{1, {0}}}), 0);
}

}  // namespace
}  // namespace unroll::app::demo
