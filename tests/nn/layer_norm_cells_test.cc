// Two steps of the layer-normalised cells against the formulas of Ba, Kiros, Hinton, "Layer
// normalization", 2016, appendix, written down as they stand there, in long double.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "nn/random_fill.h"
#include "unroll/nn/initialization.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

using Vector = std::vector<long double>;

constexpr std::size_t kInputs = 3, kHidden = 5, kSteps = 2;

Vector operator+(Vector a, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}
Vector operator*(Vector a, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] *= b[i];
  return a;
}
Vector of_each(Vector a, long double (*function)(long double)) {
  std::transform(a.begin(), a.end(), a.begin(), function);
  return a;
}
Vector sigmoid(const Vector& a) {
  return of_each(a, [](long double x) { return 1 / (1 + std::exp(-x)); });
}
Vector tanh(const Vector& a) {
  return of_each(a, [](long double x) { return std::tanh(x); });
}
Vector one_minus(const Vector& a) {
  return of_each(a, [](long double x) { return 1 - x; });
}
Vector part(const Vector& a, std::size_t begin, std::size_t count) {
  const auto first = a.begin() + static_cast<std::ptrdiff_t>(begin * kHidden);
  return {first, first + static_cast<std::ptrdiff_t>(count * kHidden)};
}

// LN(z; α, β), with PyTorch's 1e-5 under the root.
Vector layer_norm(const Vector& z, const Vector& alpha, const Vector& beta) {
  long double mean = 0, square = 0;
  for (const long double x : z) mean += x / static_cast<long double>(z.size());
  for (const long double x : z) square += (x - mean) * (x - mean);
  const long double sigma = std::sqrt(square / static_cast<long double>(z.size()) + 1e-5L);
  Vector y = z;
  for (std::size_t i = 0; i < z.size(); ++i) y[i] = (z[i] - mean) / sigma * alpha[i] + beta[i];
  return y;
}

// One layer with random parameters, and what it makes of random inputs and initial states.
struct Layer {
  explicit Layer(const std::string& cell)
      : recurrence({.cell = {.name = cell}, .input_size = kInputs, .hidden_size = kHidden}) {
    fill_random(recurrence.parameters(), 1);
    x.resize(kSteps * kInputs);
    fill_random(x, 50);
    initial = recurrence.zero_states(1);
    fill_random_states(initial, 60);
    RecurrencePass<double> pass(recurrence);
    const double* from =
        pass.forward(ThreadTeam(1), x.data(),
                     {.steps = kSteps, .batch = 1, .initial = &initial, .final = &final});
    y.assign(from, from + kSteps * kHidden);
  }

  Vector parameter(const std::string& name) {
    for (const Parameter<double>* p : recurrence.parameters()) {
      if (p->name() == "rnn." + name + "_l0") return {p->value().begin(), p->value().end()};
    }
    ADD_FAILURE() << "no parameter " << name;
    return {};
  }
  Vector product(const std::string& name, const Vector& v) {
    const Vector w = parameter(name);
    Vector sums(w.size() / v.size());
    for (std::size_t i = 0; i < w.size(); ++i) sums[i / v.size()] += w[i] * v[i % v.size()];
    return sums;
  }
  Vector input(std::size_t step) const {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(step * kInputs);
    return {first, first + kInputs};
  }
  Vector initial_state(std::size_t k) const { return {initial[k].begin(), initial[k].end()}; }
  void expect_output(std::size_t step, const Vector& h) const {
    for (std::size_t u = 0; u < kHidden; ++u) {
      EXPECT_NEAR(y[step * kHidden + u], static_cast<double>(h[u]), 1e-13) << step << " " << u;
    }
  }

  Recurrence<double> recurrence;
  std::vector<double> x, y;
  States<double> initial, final;
};

TEST(LayerNormCells, Lstm) {
  Layer layer("layer_norm_lstm");
  Vector h = layer.initial_state(0), c = layer.initial_state(1);
  const Vector beta_1 = layer.parameter("bias_hh"), beta_2 = layer.parameter("bias_ih");
  for (std::size_t t = 0; t < kSteps; ++t) {
    const Vector a =
        layer_norm(layer.product("weight_hh", h), layer.parameter("gain_hh"), beta_1) +
        layer_norm(layer.product("weight_ih", layer.input(t)), layer.parameter("gain_ih"), beta_2);
    const Vector i = part(a, 0, 1), f = part(a, 1, 1), g = part(a, 2, 1), o = part(a, 3, 1);
    c = sigmoid(f) * c + sigmoid(i) * tanh(g);
    h = sigmoid(o) * tanh(layer_norm(c, layer.parameter("gain_c"), layer.parameter("bias_c")));
    layer.expect_output(t, h);
  }
  for (std::size_t u = 0; u < kHidden; ++u) {
    EXPECT_NEAR(layer.final[1][u], static_cast<double>(c[u]), 1e-13);  // c_t as it is, not LN(c_t)
  }
}

TEST(LayerNormCells, Gru) {
  Layer layer("layer_norm_gru");
  Vector h = layer.initial_state(0);
  const Vector b_h = layer.parameter("bias_hh"), b_i = layer.parameter("bias_ih");
  for (std::size_t t = 0; t < kSteps; ++t) {
    const Vector wx = layer.product("weight_ih", layer.input(t));
    const Vector uh = layer.product("weight_hh", h);
    const Vector gates = layer_norm(part(uh, 0, 2), layer.parameter("gain_hh"), part(b_h, 0, 2)) +
                         layer_norm(part(wx, 0, 2), layer.parameter("gain_ih"), part(b_i, 0, 2));
    const Vector r = sigmoid(part(gates, 0, 1)), z = sigmoid(part(gates, 1, 1));
    const Vector candidate =
        tanh(layer_norm(part(wx, 2, 1), layer.parameter("gain_ih_n"), part(b_i, 2, 1)) +
             r * layer_norm(part(uh, 2, 1), layer.parameter("gain_hh_n"), part(b_h, 2, 1)));
    h = one_minus(z) * candidate + z * h;
    layer.expect_output(t, h);
  }
}

// Whatever the scheme, gains start at 1: a fresh cell normalises and no more.
TEST(LayerNormCells, GainsStartAtOne) {
  for (const std::string& scheme : initialization_names()) {
    Recurrence<double> recurrence({.cell = {.name = "layer_norm_lstm"},
                                   .input_size = kInputs,
                                   .hidden_size = kHidden,
                                   .bidirectional = true,
                                   .name = "net"});
    initialize(initial_parameters(recurrence), {.scheme = parse_initialization(scheme)});
    std::size_t gains = 0;
    for (const Parameter<double>* p : recurrence.parameters()) {
      if (p->name().find(".gain_") == std::string::npos) continue;
      ++gains;
      for (const double value : p->value()) EXPECT_EQ(value, 1) << scheme << " " << p->name();
    }
    EXPECT_EQ(gains, 6u);
  }
}

}  // namespace
}  // namespace unroll
