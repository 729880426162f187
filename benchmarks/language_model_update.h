#pragma once

#include <cstdint>

#include "shapes.h"
#include "timed.h"
#include "unroll/core/threads.h"
#include "unroll/optim/optimizer.h"
#include "unroll/train/language_model_task.h"

namespace unroll::benchmarks {

// A whole update on random words, as `unroll train lm` makes it: embedding, network, softmax,
// clipping, SGD. Its only work is training.
class LanguageModelUpdate : public Timed {
 public:
  LanguageModelUpdate(const NetworkShape& shape, int threads);

  void pass(Work work) override;

  double operations() const { return operations_; }  // of the forward part

 private:
  ThreadTeam team_;
  LanguageModelTask<float> task_;
  Optimizer<float> optimizer_;
  double operations_;
  std::uint64_t updates_ = 0;
};

}  // namespace unroll::benchmarks
