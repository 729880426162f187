#pragma once

#include <cstddef>
#include <vector>

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
class Network {
 public:
  virtual ~Network() = default;

  // y; weights that must be packed were so at the first call.
  virtual void inference() = 0;
  // y, as if all weights had just been changed: packing is part of it.
  virtual void training_forward() = 0;
  // dx, and the gradients of all weights in the layout in which the weights are kept.
  virtual void backward() = 0;

  // Of the last training_forward() and backward().
  virtual Arrays results() const = 0;

  // Its threads stop waiting for work, so that nobody else's measurement suffers from them.
  virtual void rest() {}
};

}  // namespace unroll::benchmarks
