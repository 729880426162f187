// Back-propagation through time on the smallest network that shows all of it.
//
//   h_t = tanh(x_t w_x + h_{t-1} w_h + b)   t = 1 … 3      loss = |h_3|² / 2
//
// One sequence of T = 3 steps, I = 2 inputs, H = 4 hidden units. The loss depends on each number in
// w_x, w_h and b once a step, and each gradient sums what the three steps contribute. The proof is
// the last column: move one number up and down a little, and see by how much the loss changes.
//
// Usage: simple_rnn [FOLDER]. Writes into FOLDER how far differences of several steps are off.

#include <unroll/nn/recurrence_pass.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <vector>

#include "table_file.h"

using Numbers = std::vector<double>;

constexpr std::size_t kSteps = 3, kInputs = 2, kHidden = 4;

struct Network {
  Numbers x = {0.01, 0.02, 0.02, 0.03, 0.03, 0.04};                // (T, I)
  Numbers w_x = {0.01, 0.03, 0.05, 0.07, 0.03, 0.05, 0.07, 0.08};  // (I, H)
  Numbers w_h = {0.01, 0.03, 0.05, 0.07, 0.02, 0.04, 0.06, 0.08,   // (H, H)
                 0.03, 0.05, 0.07, 0.08, 0.04, 0.06, 0.08, 0.10};
  Numbers b = {1, 1, 1, 1};   // (H)
  Numbers h0 = {0, 0, 0, 0};  // (H)
};

// The formula above, written out: h_3.
Numbers plain_forward(const Network& net) {
  Numbers h = net.h0;
  for (std::size_t t = 0; t < kSteps; ++t) {
    Numbers next = net.b;
    for (std::size_t u = 0; u < kHidden; ++u) {
      for (std::size_t i = 0; i < kInputs; ++i)
        next[u] += net.x[t * kInputs + i] * net.w_x[i * kHidden + u];
      for (std::size_t k = 0; k < kHidden; ++k) next[u] += h[k] * net.w_h[k * kHidden + u];
      next[u] = std::tanh(next[u]);
    }
    h = next;
  }
  return h;
}

double loss(const Network& net) {
  double sum = 0;
  for (const double h : plain_forward(net)) sum += h * h / 2;
  return sum;
}

// unroll keeps weights as PyTorch does, one row a hidden unit: (H, I) and (H, H).
void copy_transposed(const double* from, std::size_t rows, std::size_t columns, double* to) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
  }
}

// The same by unroll: h_3, and the gradient of the loss by every number of the network.
Numbers forward_backward(const Network& net, Network& gradient) {
  unroll::Recurrence<double> rnn({.cell = {.name = "elman", .activation = "tanh"},
                                  .input_size = kInputs,
                                  .hidden_size = kHidden,
                                  .bias = unroll::Bias::kOne});
  unroll::RecurrencePass<double> pass(rnn);
  const unroll::Parameters<double> parameters = rnn.parameters();
  copy_transposed(net.w_x.data(), kInputs, kHidden, parameters[0]->edit().data());
  copy_transposed(net.w_h.data(), kHidden, kHidden, parameters[1]->edit().data());
  std::copy(net.b.begin(), net.b.end(), parameters[2]->edit().begin());
  unroll::States<double> initial = rnn.zero_states(1), final, d_initial;
  std::copy(net.h0.begin(), net.h0.end(), initial[0].begin());

  const unroll::ThreadTeam team(1);
  pass.forward(
      team, net.x.data(),
      {.steps = kSteps, .batch = 1, .initial = &initial, .final = &final, .training = true});
  const Numbers no_gradient(kSteps * kHidden);    // the loss looks at no output but the last state,
  const unroll::States<double>& d_final = final;  // and d(|h|² / 2) / dh = h
  pass.backward(team, no_gradient.data(), &d_final, gradient.x.data(), &d_initial);

  copy_transposed(parameters[0]->gradient.data(), kHidden, kInputs, gradient.w_x.data());
  copy_transposed(parameters[1]->gradient.data(), kHidden, kHidden, gradient.w_h.data());
  gradient.b.assign(parameters[2]->gradient.begin(), parameters[2]->gradient.end());
  gradient.h0.assign(d_initial[0].begin(), d_initial[0].end());
  return Numbers(final[0].begin(), final[0].end());
}

// The numbers of a network, or the gradients by them.
constexpr Numbers Network::*kArrays[] = {&Network::h0, &Network::x, &Network::w_x, &Network::w_h,
                                         &Network::b};

// The gradient by number i of an array, from the loss a little above and below:
// (f(p+ε) - f(p-ε)) / 2ε
double difference(const Network& net, Numbers Network::*array, std::size_t i, double step) {
  Network above = net, below = net;
  (above.*array)[i] += step;
  (below.*array)[i] -= step;
  return (loss(above) - loss(below)) / (2 * step);
}

// The largest error of any difference, for steps ε from 1 to 1e-14: first ε² f‴ / 6, then rounding.
void write_table(const std::string& folder, const Network& net, const Network& gradient) {
  TableFile table(folder, "simple_rnn", "step,two_points,four_points");
  for (int i = 0; i <= 56; ++i) {
    const double step = std::pow(10, -i / 4.);
    double two = 0, four = 0;
    for (const auto array : kArrays) {
      for (std::size_t k = 0; k < (net.*array).size(); ++k) {
        const double wanted = (gradient.*array)[k], near = difference(net, array, k, step),
                     far = difference(net, array, k, 2 * step);
        two = std::max(two, std::fabs(near - wanted));
        four = std::max(four, std::fabs((4 * near - far) / 3 - wanted));
      }
    }
    table.row({step, two, four});
  }
  table.close();
}

int main(int argc, char** argv) try {
  bool right = true;
  const auto print = [&](const char* name, std::size_t index, double got, double wanted) {
    const bool near = std::fabs(got - wanted) <= 1e-9;
    right = right && near;
    std::printf("%-5s [%2zu] %12.8f %12.8f%s\n", name, index, got, wanted, near ? "" : "  WRONG");
  };
  const Network net;
  Network gradient;
  const Numbers h3 = forward_backward(net, gradient), plain = plain_forward(net);
  std::printf("                 unroll  plain loops\n");
  for (std::size_t u = 0; u < kHidden; ++u) print("h3", u, h3[u], plain[u]);

  std::printf("\nd(loss)/d…       unroll   difference\n");
  const auto compare = [&](const char* name, Numbers Network::*array) {
    for (std::size_t i = 0; i < (net.*array).size(); ++i) {
      print(name, i, (gradient.*array)[i], difference(net, array, i, 1e-5));
    }
  };
  compare("dh0", &Network::h0);
  compare("dx", &Network::x);
  compare("dw_x", &Network::w_x);
  compare("dw_h", &Network::w_h);
  compare("db", &Network::b);
  if (argc > 1) write_table(argv[1], net, gradient);
  return right ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "simple_rnn: %s\n", error.what());
  return 1;
}
