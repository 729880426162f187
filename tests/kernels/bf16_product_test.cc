// Products in bf16 against sums in double of operands rounded to bf16, with the processor's
// instruction and without it, on every instruction set and over odd sizes. The bound is the worst
// case of a sum of k products, k·ε·Σ|a·b|.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "kernels/bf16_pairs.h"
#include "kernels/bf16_testing.h"
#include "kernels/gemm.h"
#include "kernels/pack.h"
#include "kernels/packed_product.h"
#include "kernels/random_values.h"
#include "unroll/core/tensor.h"

namespace unroll::kernels {
namespace {

struct Size {
  std::size_t m, n, k;
};

// All pairs of odd sizes as m and n, each with some k; then sizes at which B is packed in several
// blocks and threads share rows or panels (gemm_test.cc), twice as deep as in float.
std::vector<Size> sizes() {
  constexpr std::size_t kSizes[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129};
  constexpr std::size_t kCount = std::size(kSizes);
  std::vector<Size> all;
  for (std::size_t i = 0; i < kCount; ++i) {
    for (std::size_t j = 0; j < kCount; ++j) {
      all.push_back({kSizes[i], kSizes[j], kSizes[(3 * i + 5 * j + 2) % kCount]});
    }
  }
  for (const Size& size :
       {Size{7, 5, 0}, Size{13, 700, 1601}, Size{3, 300, 3203}, Size{2, 4001, 50},
        Size{1, 196700, 1}, Size{97, 17, 1537}, Size{130, 40, 1400}, Size{259, 70, 301}}) {
    all.push_back(size);
  }
  return all;
}

std::vector<float> transpose(const std::vector<float>& from, std::size_t rows,
                             std::size_t columns) {
  std::vector<float> to(from.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  }
  return to;
}

struct Problem {
  explicit Problem(const Size& of)
      : size(of),
        a(random_values<float>(size.m * size.k, 1)),
        b(random_values<float>(size.k * size.n, 2)),
        start(random_values<float>(size.m * size.n, 3)),
        a_transposed(transpose(a, size.m, size.k)),
        b_transposed(transpose(b, size.k, size.n)),
        wanted(size.m * size.n),
        bound(size.m * size.n) {
    for (std::size_t k = 0; k < size.k; ++k) b_rows.push_back(b.data() + k * size.n);
    for (std::size_t i = 0; i < size.m; ++i) {
      double* sum = wanted.data() + i * size.n;
      double* magnitude = bound.data() + i * size.n;
      for (std::size_t j = 0; j < size.n; ++j) {
        sum[j] = start[i * size.n + j];
        magnitude[j] = std::fabs(sum[j]);
      }
      for (std::size_t k = 0; k < size.k; ++k) {
        const double factor = nearest_bf16(a[i * size.k + k]);
        for (std::size_t j = 0; j < size.n; ++j) {
          const double product = factor * static_cast<double>(nearest_bf16(b_rows[k][j]));
          sum[j] += product;
          magnitude[j] += std::fabs(product);
        }
      }
    }
    const double terms = static_cast<double>(size.k + 1);
    for (double& x : bound) x *= terms * std::numeric_limits<float>::epsilon();
  }

  Matrix<float> left(int form) const {
    return form % 2 == 0 ? matrix(a.data(), size.k) : transposed(a_transposed.data(), size.m);
  }
  Matrix<float> right(int form) const {
    if (form / 2 == 0) return matrix(b.data(), size.n);
    if (form / 2 == 1) return transposed(b_transposed.data(), size.k);
    return matrix_of_rows(b_rows.data());
  }

  std::vector<float> product(int form, int threads) const {
    std::vector<float> c = start;
    gemm<float>(ThreadTeam(threads), size.m, size.n, size.k, left(form), right(form),
                {c.data(), size.n}, c.data(), size.n, Precision::kBf16);
    return c;
  }
  // B packed before.
  std::vector<float> packed_product(int threads) const {
    const PackedLayout layout = dense_layout<float>(size.k, size.n, Precision::kBf16);
    Tensor<float> packed({layout.size()});
    pack<float>(layout, {b.data(), size.n, 1}, 0, layout.panels(), packed.data());
    std::vector<float> c = start;
    gemm<float>(ThreadTeam(threads), size.m, left(0), layout, packed.data(), {c.data(), size.n},
                c.data(), size.n);
    return c;
  }

  Size size;
  std::vector<float> a, b, start, a_transposed, b_transposed;
  std::vector<const float*> b_rows;
  std::vector<double> wanted, bound;
};

TEST(Bf16Product, AgreesWithSumsInDouble) {
  for (const Size& size : sizes()) {
    const Problem problem(size);
    on_all_bf16_targets([&](const std::string& target) {
      const std::string what = target + " " + std::to_string(size.m) + "x" +
                               std::to_string(size.n) + "x" + std::to_string(size.k);
      const std::vector<float> c = problem.product(0, 1);
      for (std::size_t i = 0; i < c.size(); ++i) {
        ASSERT_NEAR(c[i], problem.wanted[i], problem.bound[i]) << what << " element " << i;
      }
      // All forms of the operands on any number of threads: equal to one result, equal bits.
      for (int form = 0; form < 6; ++form) {
        ASSERT_EQ(problem.product(form, 1 + form % 3), c) << what << " form " << form;
      }
      for (int threads = 1; threads <= 3; ++threads) {
        ASSERT_EQ(problem.packed_product(threads), c) << what << " packed, threads " << threads;
      }
    });
  }
}

// Without the instruction the chain is that of two multiply-adds a pair, the odd k first.
TEST(Bf16Product, IsOneChainOverPairs) {
  for (const Size& size : {Size{13, 700, 1601}, Size{33, 65, 127}, Size{5, 17, 100}}) {
    const Problem problem(size);
    std::vector<float> fused = problem.start;
    const std::vector<float>&a = problem.a, &b = problem.b;
    for (std::size_t i = 0; i < size.m; ++i) {
      for (std::size_t k = 0; k < size.k; k += 2) {
        for (const std::size_t l : {k + 1, k}) {
          if (l == size.k) continue;
          const float factor = nearest_bf16(a[i * size.k + l]);
          for (std::size_t j = 0; j < size.n; ++j) {
            float& sum = fused[i * size.n + j];
            sum = std::fma(factor, nearest_bf16(b[l * size.n + j]), sum);
          }
        }
      }
    }
    for (const std::string target : {"avx2", "avx3"}) {
      const std::vector<std::string> names = target_names();
      if (std::find(names.begin(), names.end(), target) == names.end()) continue;
      set_target(target);
      allow_bf16_instruction(false);
      ASSERT_EQ(problem.product(0, 1), fused) << target;
      allow_bf16_instruction(true);
    }
  }
  set_target(target_names().front());
}

// One row and column, `terms` deep: the first product is x·y, the others are 0.
float one_product(float x, float y, std::size_t terms) {
  std::vector<float> a(terms), b(terms);
  a[0] = x, b[0] = y;
  float c = 0;
  gemm<float>(ThreadTeam(1), 1, 1, terms, matrix(a.data(), terms), matrix(b.data(), 1), {}, &c, 1,
              Precision::kBf16);
  return c;
}

TEST(Bf16Product, NanAndInfinityPassThrough) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  on_all_bf16_targets([&](const std::string& target) {
    for (const std::size_t terms : {1u, 2u, 5u, 40u}) {
      EXPECT_TRUE(std::isnan(one_product(kNan, 1, terms))) << target;
      EXPECT_TRUE(std::isnan(one_product(1, -kNan, terms))) << target;
      EXPECT_TRUE(std::isnan(one_product(kInfinity, 0, terms))) << target;
      EXPECT_EQ(one_product(kInfinity, 2, terms), kInfinity) << target;
      EXPECT_EQ(one_product(kInfinity, -2, terms), -kInfinity) << target;
      EXPECT_EQ(one_product(3e38f, 3e38f, terms), kInfinity) << target;
    }
    // In the sums of one row alone.
    Problem problem({7, 33, 17});
    const std::vector<float> clean = problem.product(0, 1);
    problem.a[3 * 17 + 16] = kNan;
    const std::vector<float> c = problem.product(0, 1);
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (i / 33 == 3) {
        EXPECT_TRUE(std::isnan(c[i])) << target;
      } else {
        EXPECT_EQ(c[i], clean[i]) << target;
      }
    }
  });
}

// What ran: only the instruction takes a denormal factor for 0 where the caller's setting does not.
TEST(Bf16Product, RunsOnTheInstructionWhereItIsToldTo) {
  std::set<std::string> ran;
  on_all_bf16_targets([&](const std::string& target) {
    const PackedLayout fits = dense_layout<float>(1, 1, Precision::kBf16);
    const float one = 1, tiny = 1e-39f;
    Tensor<float> packed({fits.size()});
    pack<float>(fits, {&one, 1, 1}, 0, 1, packed.data());
    float a = 0, c = 0;
    pair_row(&tiny, 1, &a);
    const float* a_row = &a;
    float* c_row = &c;
    multiply<float>({fits, packed.data(), 1, &a_row, 1, nullptr, &c_row}, 0, 1);
    const bool instruction = target.find("AVX512_BF16") != std::string::npos;
    EXPECT_EQ(uses_bf16_instruction(), instruction) << target;
    EXPECT_EQ(c == 0, instruction) << target << ": " << c;
    ran.insert(target);
  });
  for (const std::string& target : target_names()) EXPECT_EQ(ran.count(target), 1u) << target;
}

}  // namespace
}  // namespace unroll::kernels
