// Every optimizer against the values that PyTorch reached (tests/fixtures/make_torch_fixtures.py).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "optim/helpers.h"
#include "unroll/io/safetensors.h"
#include "unroll/optim/optimizer.h"

namespace unroll {
namespace {

struct Trajectory {
  std::string name;  // in the file
  double learning_rate;
  OptimizerOptions options;
};

// The settings of the fixtures' script, each written out.
std::vector<Trajectory> runs() {
  std::vector<Trajectory> all = {
      {"sgd", 0.1, {.name = "sgd"}},
      {"momentum", 0.1, {.name = "momentum", .momentum = 0.9}},
      {"nesterov", 0.1, {.name = "nesterov", .momentum = 0.9}},
      {"adagrad", 0.1, {.name = "adagrad", .epsilon = 1e-10}},
      {"rmsprop", 0.01, {.name = "rmsprop", .momentum = 0, .decay = 0.99, .epsilon = 1e-8}},
      {"adam", 0.01, {.name = "adam", .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}},
      {"adamw", 0.01, {.name = "adamw", .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}},
  };
  const std::size_t decaying = all.size();
  for (std::size_t i = 0; i < decaying; ++i) {
    Trajectory run = all[i];
    run.name += "_weight_decay";
    run.options.weight_decay = 0.1;
    all[i].options.weight_decay = 0;
    all.push_back(run);
  }
  OptimizerOptions rprop = {
      .name = "rprop", .eta_minus = 0.5, .eta_plus = 1.2, .step_min = 1e-6, .step_max = 50};
  all.push_back({"rprop", 0.01, rprop});
  rprop.step_min = 0.004;
  rprop.step_max = 0.015;
  all.push_back({"rprop_bounds", 0.01, rprop});
  return all;
}

class OptimizerParity : public testing::Test {
 protected:
  // Expects the values after every step within `tolerance` of PyTorch's, relative to each value.
  void check(const Trajectory& run, double tolerance) const {
    const Tensor<double> initial = file_.read<double>("initial");
    const Tensor<double> gradients = file_.read<double>("gradients");
    const std::size_t size = initial.size(), steps = gradients.shape()[0];
    const Tensor<double> wanted = file_.read<double>("values/" + run.name, Shape{steps, size});
    Model<double> model{{size}};
    std::copy(initial.begin(), initial.end(), model[0].edit().begin());
    Optimizer<double> optimizer(run.options, model.parameters);
    for (std::size_t step = 0; step < steps; ++step) {
      std::copy_n(gradients.data() + step * size, size, model[0].gradient.data());
      optimizer.step(run.learning_rate, 1, ThreadTeam(1));
      for (std::size_t i = 0; i < size; ++i) {
        const double want = wanted[step * size + i];
        ASSERT_NEAR(model[0].value()[i], want, tolerance * std::abs(want))
            << run.name << ", step " << step << ", element " << i;
      }
    }
  }

  SafetensorsFile file_{UNROLL_SOURCE_DIR "/tests/fixtures/optimizers.safetensors"};
};

TEST_F(OptimizerParity, EveryRunOfTheFileAndEveryOptimizerIsCompared) {
  std::set<std::string> wanted = {"initial", "gradients"}, optimizers;
  for (const Trajectory& run : runs()) {
    wanted.insert("values/" + run.name);
    optimizers.insert(run.options.name);
  }
  EXPECT_EQ(std::set<std::string>(file_.names().begin(), file_.names().end()), wanted);
  const std::vector<std::string> names = optimizer_names();
  EXPECT_EQ(optimizers, std::set<std::string>(names.begin(), names.end()));
}

TEST_F(OptimizerParity, ValuesAfterEveryStep) {
  // Ten updates of a few roundings each, in another order than PyTorch's.
  for (const Trajectory& run : runs()) check(run, 1e-12);
}

}  // namespace
}  // namespace unroll
