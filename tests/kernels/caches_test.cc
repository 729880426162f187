// Sizes of blocks follow from the caches, and results do not.

#include "kernels/caches.h"

#include <gtest/gtest.h>

#include "kernels/cache_descriptions.h"
#include "kernels/gemm.h"
#include "kernels/random_values.h"
#include "messages.h"
#include "unroll/core/error.h"

namespace unroll::kernels {
namespace {

TEST(Caches, AreFoundOnThisMachine) {
  const Caches found = caches();
  EXPECT_NE(found.source, "assumed");
  EXPECT_GE(found.l1, 8u << 10);
  EXPECT_LE(found.l1, found.l2);
  EXPECT_LE(found.l2, found.l3);
}

TEST(Caches, AreReadFromAList) {
  const Caches parsed = parse_caches("48K,1M,33554432");
  EXPECT_EQ(parsed.l1, 48u << 10);
  EXPECT_EQ(parsed.l2, 1u << 20);
  EXPECT_EQ(parsed.l3, 32u << 20);
  for (const char* wrong : {"", "32K", "32K,1M", "32K,1M,8M,1G", "1M,32K,8M", "32K,1M,0",
                            "32Q,1M,8M", "32 K,1M,8M", "-1,1M,8M", "32K,,8M"}) {
    const std::string message = message_of<EnvironmentError>([&] { parse_caches(wrong); });
    EXPECT_TRUE(contains(message, "UNROLL_CACHES") && contains(message, "such as 32K,512K,32M"))
        << message;
  }
}

TEST_F(BitsOfCaches, ProductsAreTheSame) {
  struct Size {
    std::size_t m, n, k;
  };
  for (const Size& size : {Size{1, 700, 300}, Size{20, 520, 1300}, Size{70, 333, 450}}) {
    const std::size_t m = size.m, n = size.n, k = size.k;
    const auto a = random_values<float>(m * k, 1), b = random_values<float>(k * n, 2);
    for (const bool transpose : {false, true}) {
      for (const Precision precision : {Precision::kFull, Precision::kBf16}) {
        expect_equal([&] {
          std::vector<float> c(m * n);
          gemm<float>(ThreadTeam(2), m, n, k,
                      transpose ? transposed(a.data(), m) : matrix(a.data(), k),
                      matrix(b.data(), n), {}, c.data(), n, precision);
          return c;
        });
      }
    }
  }
}

}  // namespace
}  // namespace unroll::kernels
