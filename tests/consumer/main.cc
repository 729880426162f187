// One step of an LSTM through the installed library.
#include <unroll/unroll.h>

#include <cstdio>

int main() {
  unroll::Recurrence<float> lstm({.input_size = 2, .hidden_size = 3});
  for (unroll::Parameter<float>* parameter : lstm.parameters()) parameter->edit().fill(0.5f);
  const unroll::ThreadTeam team(2);
  unroll::States<float> states = lstm.zero_states(1);
  const float x[] = {1, -1};
  const float* y = lstm.forward(team, x, {.steps = 1, .batch = 1, .final = &states});
  // All pre-activations are 1: h = sigmoid(1)·tanh(sigmoid(1)·tanh(1)).
  for (int unit = 0; unit < 3; ++unit) std::printf("%.4f ", static_cast<double>(y[unit]));
  std::printf("\n");
  // The readers need libraries that a static library does not hold.
  return unroll::sequence_formats().empty() ? 1 : 0;
}
