#include "unroll/core/arena.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "unroll/core/error.h"

namespace unroll {
namespace {

TEST(Workspace, HandsOutWhatWasMeasured) {
  Workspace workspace;
  float* first = nullptr;
  double* second = nullptr;
  workspace.build([&](Arena& arena) {
    first = arena.take<float>(3);
    second = arena.take<double>(5);
  });
  EXPECT_EQ(workspace.bytes(), 2 * kAlignment);
  EXPECT_EQ(reinterpret_cast<std::byte*>(second) - reinterpret_cast<std::byte*>(first), 64);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % kAlignment, 0u);
}

TEST(Workspace, RefusesALayoutThatChanges) {
  Workspace workspace;
  int pass = 0;
  EXPECT_THROW(workspace.build([&](Arena& arena) { arena.take<float>(pass++ == 0 ? 1 : 100); }),
               ValueError);
}

TEST(Arena, RefusesWhatNoMemoryHolds) {
  Arena arena;
  EXPECT_THROW(arena.take<double>(std::size_t{1} << 62), ValueError);
}

}  // namespace
}  // namespace unroll
