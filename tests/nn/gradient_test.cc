// The gradient check, in double, of everything: each registered cell with 1 to 3 layers, in one and
// both directions, with and without dropout, with every kind of bias and every loss; lengths with
// zeros, states in and out, x and the initial states checked like parameters.
//
// UNROLL_GRADIENT_CASE, set to the text of a case, runs that one alone.

#include <gtest/gtest.h>

#include <cstdlib>

#include "nn/gradient_model.h"

namespace unroll {
namespace {

std::vector<GradientCase> cases_of(const CellOptions& cell) {
  std::vector<GradientCase> cases;
  for (const std::size_t layers : {1u, 2u, 3u}) {
    for (const bool bidirectional : {false, true}) {
      for (const bool dropout : {false, true}) {
        for (const Bias bias : {Bias::kNone, Bias::kOne, Bias::kTwo}) {
          for (const std::string& loss : head_names()) {
            cases.push_back({cell, layers, bidirectional, dropout, bias, {.name = loss}});
          }
        }
      }
    }
  }
  return cases;
}

class Gradients : public testing::TestWithParam<CellOptions> {};

TEST_P(Gradients, AgreeWithDifferences) {
  const char* only = std::getenv("UNROLL_GRADIENT_CASE");
  for (const GradientCase& c : cases_of(GetParam())) {
    if (only != nullptr && c.text() != only) continue;
    const GradientCheck check = GradientModel(c).check();
    for (const ParameterCheck& p : check.parameters) {
      EXPECT_TRUE(p.passed) << p.name << " " << p.shape.text() << ": relative error "
                            << p.relative_error << "; at " << p.worst_index << " the gradient is "
                            << p.analytic << ", by differences " << p.numeric
                            << "\nreproduce: UNROLL_GRADIENT_CASE='" << c.text()
                            << "' nn_gradient_test --gtest_filter='*Gradients*'";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, Gradients, testing::ValuesIn(all_cells()),
                         [](const testing::TestParamInfo<CellOptions>& info) {
                           return info.param.name + "_" + info.param.activation + "_" +
                                  info.param.reset;
                         });

}  // namespace
}  // namespace unroll
