// The numbers that PyTorch computed (tests/fixtures/make_torch_fixtures.py): two layers in both
// directions on rows of different lengths, on every instruction set.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "unroll/io/safetensors.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

// Of the largest magnitude of the tensor. Sums of some hundred terms through two layers of six
// steps; in float the inputs are rounded as well.
template <class T>
constexpr double kTolerance = sizeof(T) == 4 ? 1e-5 : 1e-10;

template <class T>
void expect_tensor(const SafetensorsFile& file, const std::string& name, const T* got,
                   const Shape& shape) {
  const Tensor<double> wanted = file.read<double>(name, shape);
  double largest = 0;
  for (const double value : wanted) largest = std::max(largest, std::fabs(value));
  ASSERT_GT(largest, 0) << name;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_NEAR(got[i], wanted[i], kTolerance<T> * largest) << name << "[" << i << "]";
  }
}

template <class T>
void check_parity(const std::string& fixture, const CellOptions& cell) {
  const SafetensorsFile file(std::string(UNROLL_SOURCE_DIR) + "/tests/fixtures/" + fixture +
                             ".safetensors");
  const auto& x_shape = file.shape("x");
  const std::size_t steps = x_shape[0], batch = x_shape[1], inputs = x_shape[2];
  const std::size_t hidden = file.shape("h_0")[2];
  ASSERT_EQ(file.shape("h_0")[0], 4u);
  Recurrence<T> recurrence({.cell = cell,
                            .input_size = inputs,
                            .hidden_size = hidden,
                            .layers = 2,
                            .bidirectional = true});
  RecurrencePass<T> pass(recurrence);
  const auto torch_name = [](const Parameter<T>& parameter) {
    return parameter.name().substr(std::string("rnn.").size());
  };
  std::size_t parameters = 0;
  for (const std::string& name : file.names()) parameters += name.starts_with("initial/");
  ASSERT_EQ(recurrence.parameters().size(), parameters);
  for (Parameter<T>* parameter : recurrence.parameters()) {
    file.read_into("initial/" + torch_name(*parameter), parameter->edit());
  }

  const std::vector<std::int64_t> stored_lengths = file.read_array<std::int64_t>("lengths");
  const std::vector<std::size_t> lengths(stored_lengths.begin(), stored_lengths.end());
  States<T> initial, d_final, final, d_initial;
  for (const std::string& state : recurrence.state_names()) {
    initial.push_back(file.read<T>(state + "_0"));
    d_final.push_back(file.read<T>("weights/" + state + "_n"));
  }
  const Tensor<T> x = file.read<T>("x"), dy = file.read<T>("weights/output");
  const ThreadTeam team(2);
  const T* y = pass.forward(team, x.data(),
                            {.steps = steps,
                             .batch = batch,
                             .lengths = lengths,
                             .initial = &initial,
                             .final = &final,
                             .training = true});
  expect_tensor(file, "output", y, {steps, batch, 2 * hidden});
  double loss = 0;
  for (std::size_t i = 0; i < dy.size(); ++i) loss += double{y[i]} * double{dy[i]};
  Tensor<T> dx(x.shape());
  pass.backward(team, dy.data(), &d_final, dx.data(), &d_initial);

  expect_tensor(file, "gradient/x", dx.data(), dx.shape());
  for (std::size_t k = 0; k < final.size(); ++k) {
    const std::string& state = recurrence.state_names()[k];
    expect_tensor(file, state + "_n", final[k].data(), final[k].shape());
    expect_tensor(file, "gradient/" + state + "_0", d_initial[k].data(), d_initial[k].shape());
    for (std::size_t i = 0; i < final[k].size(); ++i) {
      loss += double{final[k][i]} * double{d_final[k][i]};
    }
  }
  EXPECT_NEAR(loss, file.read<double>("loss")[0],
              kTolerance<T> * std::fabs(file.read<double>("loss")[0]));
  for (const Parameter<T>* parameter : recurrence.parameters()) {
    expect_tensor(file, "gradient/" + torch_name(*parameter), parameter->gradient.data(),
                  parameter->shape());
  }
}

void check_all(const std::string& fixture, const CellOptions& cell) {
  for (const std::string& target : kernels::target_names()) {
    SCOPED_TRACE(target);
    kernels::set_target(target);
    check_parity<double>(fixture, cell);
    check_parity<float>(fixture, cell);
  }
}

TEST(Parity, Lstm) { check_all("rnn_lstm_bidirectional_lengths", {.name = "lstm"}); }
TEST(Parity, Gru) { check_all("rnn_gru_bidirectional_lengths", {.name = "gru"}); }
TEST(Parity, ElmanTanh) { check_all("rnn_elman_tanh_bidirectional_lengths", {.name = "elman"}); }

}  // namespace
}  // namespace unroll
