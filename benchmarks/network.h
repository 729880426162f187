#pragma once

#include <cstddef>
#include <vector>

#include "timed.h"

namespace unroll::benchmarks {

// What a layer learns, in PyTorch's layout and order of gates.
struct LayerArrays {
  std::vector<float> weight_ih;     // (G·H, I)
  std::vector<float> weight_hh;     // (G·H, H)
  std::vector<float> bias_ih;       // (G·H)
  std::vector<float> bias_hh = {};  // (G·H); as a result: may be missing
};

struct Arrays {
  std::vector<float> y;                  // (T, N, H)
  std::vector<float> dx;                 // (T, N, I)
  std::vector<LayerArrays> layers = {};  // gradients
};

// A recurrent network that somebody's code computes. Its input, the gradient of its output and its
// weights stay the same; initial states are zero.
class Network : public Timed {
 public:
  // y; weights that must be packed were so at the first call.
  virtual void inference() = 0;
  // y, as if all weights had just been changed: packing is part of it.
  virtual void training_forward() = 0;
  // dx, and the gradients of all weights in the layout in which the weights are kept.
  virtual void backward() = 0;

  // Of the last training_forward() and backward().
  virtual Arrays results() const = 0;

  void before(Work work) override {
    if (work == Work::kBackward) training_forward();
  }
  void pass(Work work) override {
    if (work == Work::kForward) return inference();
    if (work == Work::kTraining) training_forward();
    backward();
  }
};

}  // namespace unroll::benchmarks
