#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kernels/caches.h"
#include "kernels/targets.h"

namespace unroll::kernels {

// A small embedded processor, Zen 3, Zen 5, a server with much L2, and one without L3.
constexpr const char* kDescriptions[] = {"8K,64K,64K", "32K,512K,32M", "48K,1M,32M", "48K,2M,105M",
                                         "64K,4M,4M"};

class BitsOfCaches : public testing::Test {
 protected:
  void SetUp() override { before_ = caches_in_use(); }
  void TearDown() override {
    set_caches(before_);
    set_target(target_names().front());
  }

  // The same result from compute() with every description, on every instruction set.
  template <class Compute>
  void expect_equal(const Compute& compute) {
    for (const std::string& target : target_names()) {
      set_target(target);
      set_caches(parse_caches(kDescriptions[0]));
      const auto wanted = compute();
      for (const char* description : kDescriptions) {
        set_caches(parse_caches(description));
        EXPECT_TRUE(compute() == wanted) << target << ", " << description;
      }
    }
  }

  Caches before_;
};

}  // namespace unroll::kernels
