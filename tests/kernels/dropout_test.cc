// Which elements are dropped is a function of the stream and the element's place alone: on every
// instruction set, and for any team.

#include "kernels/dropout.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/targets.h"

namespace unroll::kernels {
namespace {

template <class T>
void check(std::size_t count, double rate, const std::string& target) {
  const Random random(77, RandomUse::kDropout, 5);
  std::vector<T> x(count, T(2)), y(count, T(7));
  dropout(ThreadTeam(3), rate, random, count, x.data(), y.data());
  dropout(ThreadTeam(3), rate, random, count, x.data(), x.data());
  for (std::size_t i = 0; i < count; ++i) {
    const bool dropped = random.bits(i) < static_cast<std::uint32_t>(rate * 0x1p32);
    ASSERT_EQ(y[i], dropped ? T(0) : T(2) * static_cast<T>(1 / (1 - rate)))
        << target << " rate " << rate << " element " << i << " of " << count;
  }
  ASSERT_EQ(x, y) << target << " in place";
}

TEST(DropoutKernel, FollowsTheDrawsOnEveryInstructionSet) {
  for (const std::string& target : target_names()) {
    set_target(target);
    for (const double rate : {0.3, 0.75}) {
      for (const std::size_t count : {1u, 3u, 4u, 63u, 64u, 65u, 257u, 8191u, 20001u}) {
        check<float>(count, rate, target);
        check<double>(count, rate, target);
      }
    }
  }
}

}  // namespace
}  // namespace unroll::kernels
