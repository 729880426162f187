// A pass has the same bits whatever the caches are, from which sizes of blocks follow.

#include <gtest/gtest.h>

#include "kernels/cache_descriptions.h"
#include "nn/random_fill.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

using PassesWithCaches = kernels::BitsOfCaches;

TEST_F(PassesWithCaches, HaveTheSameBits) {
  constexpr std::size_t kSteps = 5, kBatch = 6, kInputs = 40, kHidden = 130;
  std::vector<float> x(kSteps * kBatch * kInputs), dy(kSteps * kBatch * kHidden);
  fill_random(x, 2);
  fill_random(dy, 3);
  expect_equal([&] {
    const ThreadTeam team(2);
    Recurrence<float> recurrence({.input_size = kInputs, .hidden_size = kHidden});
    fill_random(recurrence.parameters(), 1, 0.2);
    RecurrencePass<float> pass(recurrence);
    const float* y =
        pass.forward(team, x.data(), {.steps = kSteps, .batch = kBatch, .training = true});
    std::vector<float> all(y, y + dy.size());
    std::vector<float> dx(x.size());
    pass.backward(team, dy.data(), nullptr, dx.data(), nullptr);
    all.insert(all.end(), dx.begin(), dx.end());
    for (const Parameter<float>* p : recurrence.parameters()) {
      all.insert(all.end(), p->gradient.begin(), p->gradient.end());
    }
    return all;
  });
}

}  // namespace
}  // namespace unroll
