// A training step's clip and update take no memory: every operator new of this program is counted.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "optim/helpers.h"
#include "unroll/optim/clip.h"
#include "unroll/optim/optimizer.h"

namespace {
std::atomic<std::size_t> allocations{0};
}

// Not inlined, since g++ then warns that memory of operator new goes to free().
#define NOINLINE __attribute__((noinline))
NOINLINE void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
NOINLINE void* operator new(std::size_t bytes, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(align, (bytes + align - 1) / align * align)) return memory;
  throw std::bad_alloc();
}
NOINLINE void operator delete(void* memory) noexcept { std::free(memory); }
NOINLINE void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
NOINLINE void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
NOINLINE void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace unroll {
namespace {

TEST(Allocation, NoneInAStep) {
  for (const std::string& name : optimizer_names()) {
    Model<float> model{{200, 211}, {300, 97}};
    model.make_sparse(1, {0, 5, 6, 299});
    model.randomize_gradients(1);
    Optimizer<float> optimizer({.name = name}, model.parameters);
    const ThreadTeam team(2);
    const auto step = [&] {
      clip_value(model.parameters, 0.5, team);
      const double norm = gradient_norm(model.parameters, team);
      optimizer.step(0.1, clip_factor(norm, 5), team);
    };
    step();
    model[1].rows = {7, 8};
    const std::size_t before = allocations;
    EXPECT_GT(before, 0u);
    step();
    EXPECT_EQ(allocations, before) << name;
  }
}

}  // namespace
}  // namespace unroll
