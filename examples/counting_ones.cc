// Counting ones with one linear recurrent unit: a gradient that can be followed through time by
// hand, and why it explodes and vanishes.
//
//   s_k = s_{k-1} w_rec + x_k w_x     loss = mean of (s_10 - number of ones)²
//
// Usage: counting_ones [FOLDER]. Writes the numbers of the pictures into FOLDER.

#include "counting_ones.h"

#include <unroll/optim/optimizer.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <limits>
#include <string>

#include "table_file.h"

using namespace counting_ones;

constexpr int kUpdates = 500;
constexpr Weights kStart = {-1.5, 2};

bool right = true;

void print(const char* what, double got, double wanted, double tolerance) {
  const bool near = std::fabs(got - wanted) <= tolerance * std::fabs(wanted);
  right = right && near;
  std::printf("  %-26s %.17g%s\n", what, got, near ? "" : "  WRONG");
}

// The gradient by back-propagation through time, and by moving a weight a little.
void show_gradient(Counter& counter, const Weights& wanted) {
  const Weights at = {1.2, 1.2};
  counter.set(at);
  const Weights gradient = counter.gradient().weights;
  const double step = 1e-7;
  const auto loss_at = [&](const Weights& weights) {
    counter.set(weights);
    return counter.loss();
  };
  print("d(loss)/d(w_x)", gradient.x, wanted.x, 1e-15);
  // Rounding of the losses, divided by the step, leaves about 7 digits.
  print("  by differences",
        (loss_at({at.x + step, at.rec}) - loss_at({at.x - step, at.rec})) / (2 * step), gradient.x,
        1e-6);
  print("d(loss)/d(w_rec)", gradient.rec, wanted.rec, 1e-15);
  print("  by differences",
        (loss_at({at.x, at.rec + step}) - loss_at({at.x, at.rec - step})) / (2 * step),
        gradient.rec, 1e-6);
}

// Rprop in its first form: the sign of the gradient alone decides, so that an explosion does not
// matter. visit(update) is called before the first update and after each.
template <class Visit>
void train(Counter& counter, const Visit& visit) {
  counter.set(kStart);
  unroll::Optimizer<double> rprop({.name = "rprop",
                                   .eta_minus = 0.5,
                                   .eta_plus = 1.2,
                                   .step_min = 0,
                                   .step_max = std::numeric_limits<double>::infinity(),
                                   .hold_on_sign_change = false,
                                   .zero_is_sign_change = true},
                                  counter.parameters());
  visit(0);
  for (int update = 1; update <= kUpdates; ++update) {
    counter.gradient();
    rprop.step(0.001, 1, unroll::ThreadTeam(1));
    visit(update);
  }
}

void show_training(Counter& counter, const Weights& wanted) {
  train(counter, [](int) {});
  print("w_x after training", counter.weights().x, wanted.x, 0);
  print("w_rec after training", counter.weights().rec, wanted.rec, 0);
}

// The same weights count far longer inputs: 36 bits, of which 29 are ones.
void show_longer_input(const Weights& weights) {
  Numbers bits = {0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1};
  bits.resize(36, 1);
  double state = 0;
  for (const double bit : bits) state = state * weights.rec + bit * weights.x;
  print("36 bits with 29 ones", state, 28.908182434543956, 0);
  // Product and sum in one rounding, 36 times.
  Counter counter(bits, 1);
  counter.set(weights);
  print("  by unroll", counter.count()[0], state, 36 * 2.3e-16);
}

void write_tables(const std::string& folder, Counter& counter) {
  TableFile surface(folder, "counting_ones_surface", "w_x,w_rec,loss");
  constexpr int kPoints = 75;  // each way from 0
  for (int i = -kPoints; i <= kPoints; ++i) {
    for (int j = -kPoints; j <= kPoints; ++j) {
      counter.set({2.5 * j / kPoints, 2.5 * i / kPoints});
      surface.row({counter.weights().x, counter.weights().rec, counter.loss()});
    }
  }
  surface.close();

  TableFile path(folder, "counting_ones_path", "update,w_x,w_rec,loss");
  train(counter, [&](int update) {
    path.row(
        {static_cast<double>(update), counter.weights().x, counter.weights().rec, counter.loss()});
  });
  path.close();

  // With w_x = 1 the gradient of an input is that of the state it goes into.
  TableFile time(folder, "counting_ones_gradient", "step,exploding,vanishing,alternating");
  Numbers gradients[3];
  const double recurrent[3] = {2, 0.5, -1.5};
  for (int i = 0; i < 3; ++i) {
    counter.set({1, recurrent[i]});
    gradients[i] = counter.gradient().inputs;
  }
  for (std::size_t k = 0; k < kSteps; ++k) {
    time.row({static_cast<double>(k + 1), gradients[0][k], gradients[1][k], gradients[2][k]});
  }
  time.close();
}

int main(int argc, char** argv) try {
  Counter a(data_set_a(), kSequences), b(data_set_b(), kSequences);
  std::puts("data set A, at (w_x, w_rec) = (1.2, 1.2)");
  show_gradient(a, {274.595429133218, 1593.2428444791924});
  show_training(a, {1.001355547207059, 0.9996744737846419});
  std::puts("data set B, at (w_x, w_rec) = (1.2, 1.2)");
  show_gradient(b, {397.45779204446387, 2506.0609069452612});
  show_training(b, {1.0016367524684697, 0.999667849069417});
  show_longer_input(b.weights());
  if (argc > 1) write_tables(argv[1], a);
  return right ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "counting_ones: %s\n", error.what());
  return 1;
}
