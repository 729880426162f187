#include "rows.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "own_network.h"
#include "pair.h"

namespace unroll::benchmarks {
namespace {

// By the shape and relation, "lstm/T70_N20_H200_doubled_T".
Rows find(const std::string& name) {
  for (const Rows& rows : all_rows()) {
    if (row_name(rows, Work::kTraining, 1) == name + "/training/threads:1") return rows;
  }
  throw std::runtime_error("there are no rows " + name);
}

double factor(const std::string& name) { return make_pair(find(name), 1).factor; }

TEST(Rows, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Rows& rows : all_rows()) {
    EXPECT_FALSE(rows.work.empty());
    for (const Work work : rows.work) {
      const std::string name = row_name(rows, work, 2);
      EXPECT_TRUE(names.insert(name).second) << name;
      EXPECT_LE(name.size(), 54u) << name;  // the column of the table
    }
  }
}

// Nobody else computes a shape with a reference; oneDNN has no language model, lengths or dropout.
TEST(Rows, HaveAReferenceWhereOnednnIsNoRival) {
  for (const Rows& rows : all_rows()) {
    const NetworkShape& shape = rows.shape;
    const bool needed = shape.vocabulary > 0 || shape.uniform_lengths || shape.dropout > 0;
    EXPECT_TRUE(!needed || rows.reference) << shape_name(shape);
    if (!rows.reference) continue;
    EXPECT_EQ(rows.reference->vocabulary > 0, shape.vocabulary > 0);
    EXPECT_NE(shape_name(*rows.reference), shape_name(shape));
    // Which column would say so if a row named one shape and measured another?
    EXPECT_EQ(rows.reference->cell.name, shape.cell.name);
  }
}

// T, N: linear; H = I: quadratic.
TEST(ExpectedFactor, OfDoubledSizes) {
  for (const std::string cell : {"lstm", "gru", "elman"}) {
    EXPECT_EQ(factor(cell + "/T70_N20_H200_doubled_T"), 2);
    EXPECT_EQ(factor(cell + "/T35_N40_H200_doubled_N"), 2);
    EXPECT_EQ(factor(cell + "/T35_N20_H400_doubled_H"), 4);
  }
}

// The network is no part of what the vocabulary doubles.
TEST(ExpectedFactor, OfADoubledVocabulary) {
  const double network = 4 * 200 * (200 + 200), word = 200;
  EXPECT_EQ(factor("lstm/T35_N20_H200_V20000_doubled_V"),
            (network + 20'000 * word) / (network + 10'000 * word));
}

TEST(ExpectedFactor, OfNeighboursIsTheShareOfTheOperations) {
  EXPECT_EQ(factor("lstm/T35_N3_H200_neighbour"), 0.75);
  EXPECT_EQ(factor("gru/T35_N7_H200_neighbour"), 0.875);
  EXPECT_EQ(factor("elman/T35_N20_H129_neighbour"), (129.0 * 129) / (128 * 128));
  EXPECT_EQ(factor("gru/T31_N7_I90_H131_neighbour"),
            (7 * 131.0 * (90 + 131)) / (8 * 128.0 * (96 + 128)));
}

TEST(ExpectedFactor, OfUnequalLengthsIsTheShareOfRealSteps) {
  const Rows rows = find("elman/T100_N64_H128_uniform");
  const double tokens = OwnNetwork(rows.shape, 1).tokens();
  EXPECT_GT(tokens, 0.3 * 100 * 64);
  EXPECT_LT(tokens, 0.7 * 100 * 64);
  EXPECT_EQ(make_pair(rows, 1).factor, tokens / (100 * 64));
}

TEST(ExpectedFactor, OfDropoutIsOne) {
  EXPECT_EQ(factor("lstm/T20_N20_H200_L2_dropout"), 1);
  EXPECT_EQ(factor("lstm/T20_N20_H200_L2_V10000_dropout"), 1);
}

// Dropout is no word in a name alone: half of the outputs of the layer below do not arrive.
TEST(OwnNetwork, DropsBetweenLayers) {
  NetworkShape shape = find("lstm/T20_N20_H200_L2_dropout").shape;
  shape.steps = 3, shape.batch = 2, shape.inputs = shape.hidden = 10;
  const auto outputs = [&](double dropout) {
    shape.dropout = dropout;
    OwnNetwork network(shape, 1);
    network.training_forward();
    network.backward();
    return network.results().y;
  };
  EXPECT_EQ(outputs(0.5), outputs(0.5));
  EXPECT_NE(outputs(0.5), outputs(0));
}

}  // namespace
}  // namespace unroll::benchmarks
