// The optimizers against PyTorch, and against numbers worked out by hand.

#include <gtest/gtest.h>

#include <cmath>

#include "optim/helpers.h"
#include "unroll/optim/optimizer.h"

namespace unroll {
namespace {

const ThreadTeam kTeam(1);

struct Case {
  OptimizerOptions options;
  double wanted[4];
};

// The values after 30 updates with rate 0.05 from (0.3, -1.2, 2, 0), the gradient of w in update
// t = 0, 1, … being sin(3 w + t / 10) + w / 2; made with torch.optim 2.15 in double. PyTorch's
// defaults where no option is given.
const Case kTorch[] = {
    {{.name = "sgd", .weight_decay = 0.01},
     {-0.653995606103503, -0.6871228857150571, 1.0977843563743415, -0.6579053020103451}},
    {{.name = "momentum", .weight_decay = 0.01},
     {-0.7744675761992977, -0.5911655344559266, 0.9494481050122788, -0.8354189604254073}},
    {{.name = "nesterov", .weight_decay = 0.01},
     {-0.8292666749696005, -0.8198139662522749, 0.9493729565322578, -0.8332505503723598}},
    {{.name = "adagrad", .weight_decay = 0.01},
     {-0.17230815007376976, -0.7212852195195424, 1.4427220145184758, -0.6352774691914941}},
    {{.name = "rmsprop", .weight_decay = 0.01},
     {-0.8315712753191986, -0.8282448295897766, 0.9418157966412297, -0.8303403721237741}},
    {{.name = "rmsprop", .momentum = 0.8},
     {-0.854609145095296, -0.8009456822443143, -0.7865381066784474, -0.8554528467529283}},
    {{.name = "adam", .weight_decay = 0.01},
     {-0.7770532285325886, -0.39788074883965735, 0.9951135577949685, -0.8478718535262036}},
    {{.name = "adamw"},
     {-0.7781129701626236, -0.39964288230711903, 0.9951569386881483, -0.8502012853294543}},
    {{.name = "rprop"},
     {-0.7903933415557505, -0.872878889048717, 0.9524738789316626, -0.8547581210683373}},
};

void set_values(Parameter<double>& parameter, const std::vector<double>& values) {
  std::copy(values.begin(), values.end(), parameter.edit().begin());
}

TEST(Formulas, AgreeWithPyTorch) {
  for (const Case& c : kTorch) {
    Model<double> model{{4}};
    set_values(model[0], {0.3, -1.2, 2, 0});
    Optimizer<double> optimizer(c.options, model.parameters);
    for (int t = 0; t < 30; ++t) {
      for (std::size_t i = 0; i < 4; ++i) {
        const double w = model[0].value()[i];
        model[0].gradient[i] = std::sin(3 * w + t * 0.1) + 0.5 * w;
      }
      optimizer.step(0.05, 1, kTeam);
    }
    // 30 updates of a few roundings each, on numbers near 1.
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(model[0].value()[i], c.wanted[i], 1e-12) << c.options.name << " " << i;
    }
  }
}

// One weight 1, gradients 0.5 and then 0.25, rate 0.1.
double after_two(const OptimizerOptions& options, double scale = 1) {
  Model<double> model{{1}};
  set_values(model[0], {1});
  Optimizer<double> optimizer(options, model.parameters);
  for (const double gradient : {0.5, 0.25}) {
    model[0].gradient[0] = gradient / scale;
    optimizer.step(0.1, scale, kTeam);
  }
  return model[0].value()[0];
}

TEST(Formulas, HandWorked) {
  EXPECT_NEAR(after_two({.name = "sgd"}), 1 - 0.1 * 0.75, 1e-15);
  // b = 0.5, then 0.9·0.5 + 0.25 = 0.7
  EXPECT_NEAR(after_two({.name = "momentum"}), 1 - 0.1 * (0.5 + 0.7), 1e-15);
  EXPECT_NEAR(after_two({.name = "nesterov"}), 1 - 0.1 * (0.5 + 0.45 + 0.25 + 0.63), 1e-15);
  EXPECT_NEAR(after_two({.name = "adagrad"}), 1 - 0.1 * (1 + 0.25 / std::sqrt(0.3125)), 1e-9);
  // Δ = 0.1, then 0.12
  EXPECT_NEAR(after_two({.name = "rprop"}), 1 - 0.22, 1e-15);
}

TEST(Formulas, GradientScaleMultipliesTheGradient) {
  for (const std::string& name : optimizer_names()) {
    EXPECT_EQ(after_two({.name = name}, 0.5), after_two({.name = name})) << name;
    EXPECT_EQ(after_two({.name = name}, 4), after_two({.name = name})) << name;
  }
}

// The form in which the gradient is taken at a point ahead: v' = m v; p += v'; gradient; update s;
// r = rate g / (√s + ε); v = v' - r; p -= r. The optimizer holds the point ahead.
TEST(Formulas, RmspropNesterovEqualsLookAhead) {
  const double m = 0.8, decay = 0.5, rate = 0.05, epsilon = 1e-6;
  const auto gradient = [](double w) { return std::sin(3 * w) + 0.5 * w; };
  Model<double> model{{1}};
  set_values(model[0], {2});
  Optimizer<double> optimizer(
      {.name = "rmsprop", .momentum = m, .nesterov = true, .decay = decay, .epsilon = epsilon},
      model.parameters);
  double p = 2, v = 0, s = 0;
  for (int t = 0; t < 20; ++t) {
    v *= m;
    p += v;
    EXPECT_NEAR(model[0].value()[0], p, 1e-13) << t;
    const double g = gradient(p);
    s = decay * s + (1 - decay) * g * g;
    const double r = rate * g / (std::sqrt(s) + epsilon);
    v -= r;
    p -= r;
    model[0].gradient[0] = gradient(model[0].value()[0]);
    optimizer.step(rate, 1, kTeam);
  }
}

TEST(Formulas, RpropHoldsOnSignChangeOnlyWhenAsked) {
  const auto path = [](const OptimizerOptions& options) {
    Model<double> model{{1}};
    set_values(model[0], {0});
    Optimizer<double> optimizer(options, model.parameters);
    std::vector<double> values;
    for (const double gradient : {1., 1., -1., -1., 0., 1.}) {
      model[0].gradient[0] = gradient;
      optimizer.step(1, 1, kTeam);
      values.push_back(model[0].value()[0]);
    }
    return values;
  };
  const auto expect_path = [&](const OptimizerOptions& options, std::vector<double> wanted) {
    const std::vector<double> got = path(options);
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-15) << i;
  };
  // Δ = 1, 1.2, 0.6 (held), 0.6, 0.6, 0.6
  expect_path({.name = "rprop"}, {-1, -2.2, -2.2, -1.6, -1.6, -2.2});
  // Δ = 1, 1.2, 0.6, 0.72, 0.72, 0.72
  expect_path({.name = "rprop", .hold_on_sign_change = false},
              {-1, -2.2, -1.6, -0.88, -0.88, -1.6});
  // Δ = 0.5, 0.6, 0.3, 0.36, 0.18, 0.09
  expect_path({.name = "rprop", .hold_on_sign_change = false, .zero_is_sign_change = true},
              {-0.5, -1.1, -0.8, -0.44, -0.44, -0.53});
  // Δ = 1, 1.1, 0.55 → 0.7, 0.84, …
  expect_path({.name = "rprop", .step_min = 0.7, .step_max = 1.1, .hold_on_sign_change = false},
              {-1, -2.1, -1.4, -0.56});
}

}  // namespace
}  // namespace unroll
