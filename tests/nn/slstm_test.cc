// The sLSTM cells against the formulas of Beck et al., "xLSTM: extended long short-term memory",
// 2024, without a stabiliser (equations 8 to 14), in long double, whose exponents are far away from
// overflow: c_t = f c_{t-1} + i z, n_t = f n_{t-1} + i, h_t = o c_t / n_t.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "nn/random_fill.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

using Long = long double;

constexpr std::size_t kInputs = 3, kHidden = 6, kSteps = 9;

Long sigmoid(Long x) { return 1 / (1 + std::exp(-x)); }

// A layer with random parameters, whose pre-activations `scale` multiplies, on random inputs.
template <class T>
struct Layer {
  Layer(const CellOptions& cell, double scale)
      : recurrence({.cell = cell, .input_size = kInputs, .hidden_size = kHidden}) {
    fill_random(recurrence.parameters(), 1, scale);
    x.resize(kSteps * kInputs);
    fill_random(x, 50);
    RecurrencePass<T> pass(recurrence);
    const T* from =
        pass.forward(ThreadTeam(1), x.data(), {.steps = kSteps, .batch = 1, .final = &final});
    y.assign(from, from + kSteps * kHidden);
  }

  Recurrence<T> recurrence;
  std::vector<T> x, y;
  States<T> final;
};

// From no state at all, with W_hh (4 H, H / heads).
template <class T>
void check(const CellOptions& cell, double scale, double tolerance) {
  Layer<T> layer(cell, scale);
  const auto parameters = layer.recurrence.parameters();  // W_ih, W_hh, b_ih, b_hh
  const std::size_t width = kHidden / cell.heads;
  std::vector<Long> h(kHidden), c(kHidden), n(kHidden);
  for (std::size_t t = 0; t < kSteps; ++t) {
    std::vector<Long> a(4 * kHidden);
    for (std::size_t row = 0; row < a.size(); ++row) {
      a[row] = static_cast<Long>(parameters[2]->value()[row]) + parameters[3]->value()[row];
      for (std::size_t k = 0; k < kInputs; ++k) {
        a[row] +=
            static_cast<Long>(parameters[0]->value()[row * kInputs + k]) * layer.x[t * kInputs + k];
      }
      for (std::size_t k = 0; k < width; ++k) {
        a[row] += static_cast<Long>(parameters[1]->value()[row * width + k]) *
                  h[row % kHidden / width * width + k];
      }
    }
    for (std::size_t u = 0; u < kHidden; ++u) {
      const Long i = std::exp(a[u]), a_f = a[kHidden + u];
      const Long f = cell.name == "slstm" ? sigmoid(a_f) : std::exp(a_f);
      c[u] = f * c[u] + i * std::tanh(a[2 * kHidden + u]);
      n[u] = f * n[u] + i;
      h[u] = sigmoid(a[3 * kHidden + u]) * c[u] / n[u];
      ASSERT_NEAR(layer.y[t * kHidden + u], static_cast<double>(h[u]), tolerance)
          << cell.name << " step " << t << " unit " << u;
    }
  }
  // The states are those of the formulas, divided by exp(m).
  for (std::size_t u = 0; u < kHidden; ++u) {
    const Long by = std::exp(-static_cast<Long>(layer.final[3][u]));
    EXPECT_NEAR(layer.final[1][u], static_cast<double>(c[u] * by), 4 * tolerance) << cell.name;
    EXPECT_NEAR(layer.final[2][u], static_cast<double>(n[u] * by), 4 * tolerance) << cell.name;
    EXPECT_GE(layer.final[2][u], T(1));
  }
}

TEST(Slstm, IsTheFormulasWithoutAStabiliser) {
  for (const char* name : {"slstm", "slstm_exponential"}) {
    for (const std::size_t heads : {1u, 2u, 3u, 6u}) {
      check<double>({.name = name, .heads = heads}, 1, 1e-13);
      check<float>({.name = name, .heads = heads}, 1, 1e-5);
    }
  }
}

// Pre-activations of some hundreds, whose exponentials a float does not hold: their error of 1e-5
// is that of h.
TEST(Slstm, StaysFiniteWhereTheExponentialsDoNot) {
  for (const char* name : {"slstm", "slstm_exponential"}) {
    check<double>({.name = name, .heads = 2}, 200, 1e-10);
    for (const double scale : {200.0, 1e4}) {
      const Layer<float> layer({.name = name, .heads = 2}, scale);
      for (const float h : layer.y) EXPECT_LE(std::fabs(h), 1.0001f);
      for (const Tensor<float>& state : layer.final) {
        for (const float value : state) EXPECT_TRUE(std::isfinite(value));
      }
    }
  }
}

// The first step of a sequence: the normaliser 0 says that there is nothing to keep, whatever the
// other gates are, so h = o tanh(a_z).
TEST(Slstm, ZeroStatesAreTheBeginOfASequence) {
  for (const char* name : {"slstm", "slstm_exponential"}) {
    Recurrence<double> recurrence({.cell = {.name = name}, .input_size = 1, .hidden_size = 1});
    const std::vector<double> bias = {-800, 900, 0.7, 0.3};  // i, f, z, o
    Parameter<double>& b = *recurrence.parameters()[2];
    std::copy(bias.begin(), bias.end(), b.edit().begin());
    RecurrencePass<double> pass(recurrence);
    States<double> initial = recurrence.zero_states(1), final;
    initial[3][0] = 5;  // no matter
    const double x = 0;
    const double* h = pass.forward(ThreadTeam(1), &x,
                                   {.steps = 1, .batch = 1, .initial = &initial, .final = &final});
    const auto expected = static_cast<double>(sigmoid(0.3L) * std::tanh(0.7L));
    EXPECT_NEAR(*h, expected, 1e-15);
    EXPECT_EQ(final[2][0], 1);
    EXPECT_EQ(final[3][0], -800);
  }
}

}  // namespace
}  // namespace unroll
