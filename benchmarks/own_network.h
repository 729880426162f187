#pragma once

#include <vector>

#include "network.h"
#include "shapes.h"
#include "unroll/core/threads.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll::benchmarks {

// This library's Recurrence, with random weights, input and gradient.
class OwnNetwork : public Network {
 public:
  OwnNetwork(const NetworkShape& shape, int threads);

  void inference() override;
  void training_forward() override;
  void backward() override;
  Arrays results() const override;

  const std::vector<float>& x() const { return x_; }    // (T, N, I)
  const std::vector<float>& dy() const { return dy_; }  // (T, N, H)
  std::vector<LayerArrays> weights() const;

  double tokens() const;      // steps of all rows
  double operations() const;  // of a forward pass: 2·G·H·(I+H) a token and layer

 private:
  ThreadTeam team_;
  Recurrence<float> recurrence_;
  RecurrencePass<float> pass_;
  Parameters<float> parameters_;
  std::vector<std::size_t> lengths_;
  RecurrencePass<float>::Call call_;
  std::vector<float> x_, dy_, dx_;
  States<float> initial_, final_;
  const float* y_ = nullptr;
};

}  // namespace unroll::benchmarks
