// Which elements are dropped is a function of the stream and the element's place alone: on every
// instruction set, and for any team.

#include "kernels/dropout.h"

#include <gtest/gtest.h>

#include <vector>

#include "kernels/targets.h"

namespace unroll::kernels {
namespace {

TEST(DropoutKernel, FollowsTheDrawsOnEveryInstructionSet) {
  const Random random(77, RandomUse::kDropout, 5);
  const double rate = 0.3;
  for (const std::string& target : target_names()) {
    set_target(target);
    for (const std::size_t count : {1u, 3u, 4u, 63u, 64u, 65u, 257u, 8191u, 20001u}) {
      std::vector<float> x(count, 2.0f), y(count, 7.0f);
      dropout(ThreadTeam(3), rate, random, count, x.data(), y.data());
      for (std::size_t i = 0; i < count; ++i) {
        const bool dropped = random.bits(i) < static_cast<std::uint32_t>(rate * 0x1p32);
        ASSERT_EQ(y[i], dropped ? 0.0f : 2.0f * static_cast<float>(1 / 0.7))
            << target << " element " << i << " of " << count;
      }
    }
  }
}

}  // namespace
}  // namespace unroll::kernels
