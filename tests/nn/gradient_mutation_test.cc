// The gradient check can fail: with any one term of the backward pass left out, it does. The terms
// are, for every registered cell, each entry of its pointwise Jacobian and the recurrent product;
// for the rest of the model, each parameter's gradient, the final states', the dropout masks, the
// reverse direction's dx, and each loss's target and mask.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "nn/broken_cell.h"
#include "nn/cells/cell.h"
#include "nn/gradient_model.h"

namespace unroll {
namespace {

class GradientMutations : public testing::TestWithParam<CellOptions> {};

std::string text(const GradientCheck& check) {
  return "largest relative error " + std::to_string(check.max_relative_error);
}

TEST_P(GradientMutations, EachTermOfTheCellIsSeen) {
  const Cell& cell = find_cell(GetParam());
  const std::size_t outputs = cell.slots.size() + cell.states.size();
  const GradientCase c{.cell = GetParam(), .layers = 2};
  std::size_t terms = 0;
  const auto check_term = [&](const BackwardTerm& term) {
    const BrokenCell broken(GetParam(), term);
    const GradientCheck check = GradientModel(c).check();
    if (!BrokenCell::made_a_difference()) {  // the cell has no such term
      EXPECT_TRUE(check.passed) << text(check);
      return;
    }
    ++terms;
    EXPECT_FALSE(check.passed) << "input " << term.input << " output " << term.output;
    EXPECT_GT(check.max_relative_error, 1e-3)
        << "input " << term.input << " output " << term.output;
  };
  for (std::size_t output = 0; output < outputs; ++output) {
    for (std::size_t state = 0; state < cell.states.size(); ++state) {
      check_term({BackwardTerm::kPointwise, state, output});
      if (cell.reference_f64.output_backward != nullptr) {
        check_term({BackwardTerm::kOutput, state, output});
      }
    }
    if (cell.second_product < cell.gates.size()) check_term({BackwardTerm::kOperand, 0, output});
  }
  EXPECT_GE(terms, cell.slots.size());  // every pre-activation has a gradient
}

// A recurrence of one layer whose loss sees nothing but its final states.
bool passes_with_final_states_only(const CellOptions& cell) {
  const ThreadTeam team;
  Recurrence<double> recurrence({.cell = cell, .input_size = 2, .hidden_size = 3});
  RecurrencePass<double> pass(recurrence);
  fill_random(recurrence.parameters(), 1, 0.8);
  std::vector<double> x(3 * 2 * 2), dy(3 * 2 * 3, 0.0);
  fill_random(x, 20);
  States<double> d_final = recurrence.zero_states(2), final;
  fill_random_states(d_final, 30);
  const auto loss = [&] {
    pass.forward(team, x.data(), {.steps = 3, .batch = 2, .final = &final, .training = true});
    double sum = 0;
    for (std::size_t k = 0; k < final.size(); ++k) {
      for (std::size_t i = 0; i < final[k].size(); ++i) sum += final[k][i] * d_final[k][i];
    }
    return sum;
  };
  const auto forward_backward = [&] {
    loss();
    BrokenCell::forget();
    pass.backward(team, dy.data(), &d_final, nullptr, nullptr);
  };
  return check_gradients<double>(recurrence.parameters(), loss, forward_backward,
                                 {.step = difference_step(cell)})
      .passed;
}

TEST_P(GradientMutations, TheRecurrentProductIsSeen) {
  const std::vector<Slot>& slots = find_cell(GetParam()).slots;
  if (std::none_of(slots.begin(), slots.end(), [](Slot s) { return s.recurrent; })) {
    GTEST_SKIP() << "the cell has none";
  }
  EXPECT_TRUE(passes_with_final_states_only(GetParam()));
  {
    const BrokenCell broken(GetParam(), {.stage = BackwardTerm::kProduct});
    EXPECT_FALSE(passes_with_final_states_only(GetParam()));
    EXPECT_TRUE(BrokenCell::made_a_difference());
  }
  EXPECT_TRUE(passes_with_final_states_only(GetParam()));
}

TEST_P(GradientMutations, EachParametersGradientIsSeen) {
  GradientModel model({.cell = GetParam(), .layers = 2, .bidirectional = true, .dropout = true});
  for (std::size_t i = 0; i < model.parameters().size(); ++i) {
    Parameter<double>& removed = *model.parameters()[i];
    const GradientCheck check = check_gradients<double>(
        model.parameters(), [&] { return model.loss(); },
        [&] {
          model.forward_backward();
          removed.gradient.fill(0);
        },
        {.step = difference_step(GetParam())});
    for (const ParameterCheck& p : check.parameters) {
      EXPECT_EQ(p.passed, p.name != removed.name()) << p.name << " without " << removed.name();
      if (!p.passed) {
        EXPECT_NEAR(p.relative_error, 1, 1e-9);
      }
    }
  }
}

TEST_P(GradientMutations, EachTermOfTheModelIsSeen) {
  const auto expect_seen = [&](const GradientCase& c, const LeaveOut& out, const char* what) {
    EXPECT_TRUE(GradientModel(c).check().passed);
    const GradientCheck check = GradientModel(c).check(out);
    EXPECT_FALSE(check.passed) << what;
    EXPECT_GT(check.max_relative_error, 1e-3) << what;
  };
  const GradientCase plain{.cell = GetParam()};
  GradientCase dropout = plain, both = plain;
  dropout.dropout = true, dropout.layers = 2;
  both.bidirectional = true;
  for (std::size_t k = 0; k < find_cell(GetParam()).states.size(); ++k) {
    expect_seen(plain, {.d_final = k}, "the gradient of a final state");
  }
  expect_seen(dropout, {.output_dropout = true}, "the dropout mask before the output layer");
  expect_seen(dropout, {.mask_update = 1}, "the same dropout masks");
  expect_seen(both, {.reverse_dx = true}, "dx of the reverse direction");
  for (const std::string& loss : head_names()) {
    GradientCase c = plain;
    c.loss = {.name = loss};
    expect_seen(c, {.loss_term = true}, "the loss's target");
    expect_seen(c, {.loss_mask = true}, "the loss's mask");
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, GradientMutations, testing::ValuesIn(all_cells()),
                         [](const testing::TestParamInfo<CellOptions>& info) {
                           return info.param.name + "_" + info.param.activation + "_" +
                                  info.param.reset;
                         });

}  // namespace
}  // namespace unroll
