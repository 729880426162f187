// The promise of gemm.h, bit for bit: every element of C is one chain of multiply-adds over
// ascending k, as in the plain loop below, for all forms of A, B and the start, for sizes at which
// B is packed in several blocks and columns of A are copied, and for any number of threads.

#include "kernels/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/pack.h"
#include "kernels/random_values.h"
#include "kernels/targets.h"
#include "unroll/core/tensor.h"

namespace unroll::kernels {
namespace {

// Instruction sets whose multiply-add rounds twice.
bool rounds_products(const std::string& target) {
  for (const char* name : {"sse2", "ssse3", "sse4", "scalar", "emu128"}) {
    if (target == name) return true;
  }
  return false;
}

struct Size {
  std::size_t m, n, k;
};

// In floats, with 32 MiB of L3 and 1 MiB of L2, blocks of B have up to 1,179,648 numbers and 768
// rows; columns of A are copied together when they span more than 65,536 numbers.
const Size
    kSizes[] =
        {
            {1, 1, 1},       {3, 17, 5},   {7, 5, 0},      {2, 15, 16},
            {5, 100, 63},    {7, 65, 127}, {16, 64, 1},    {31, 3, 300},
            {129, 130, 257}, {49, 33, 20}, {13, 700, 900},  // two blocks of k, shared by threads
            {2, 3001, 900},                                 // two blocks of k, two of n
            {3, 300, 1601},                                 // three blocks of k
            {2, 24001, 50},                                 // two blocks of n
            {1, 1179700, 1},                                // two blocks of n, one deep
            {97, 17, 769},                                  // one k more than a block
            {130, 40, 700},                                 // copied columns, in whole and in part
            {259, 70, 301},  // many blocks of rows, shared by threads
};

enum class From { kNothing, kRow, kMatrix, kItself };
constexpr From kFroms[] = {From::kNothing, From::kRow, From::kMatrix, From::kItself};

template <class T>
std::vector<T> transpose(const std::vector<T>& from, std::size_t rows, std::size_t columns) {
  std::vector<T> to(from.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  }
  return to;
}

template <class T>
struct Problem {
  explicit Problem(const Size& size)
      : size(size),
        a(random_values<T>(size.m * size.k, 1)),
        b(random_values<T>(size.k * size.n, 2)),
        start(random_values<T>(size.m * size.n, 3)),
        a_transposed(transpose(a, size.m, size.k)),
        b_transposed(transpose(b, size.k, size.n)) {
    for (std::size_t k = 0; k < size.k; ++k) b_rows.push_back(b.data() + k * size.n);
  }

  std::vector<T> chains(From from, bool fused) const {
    std::vector<T> c(size.m * size.n);
    for (std::size_t i = 0; i < size.m; ++i) {
      T* row = c.data() + i * size.n;
      if (from != From::kNothing) {
        std::copy_n(start.data() + (from == From::kRow ? 0 : i * size.n), size.n, row);
      }
      for (std::size_t k = 0; k < size.k; ++k) {
        const T factor = a[i * size.k + k];
        const T* b_row = b.data() + k * size.n;
        for (std::size_t j = 0; j < size.n; ++j) {
          row[j] = fused ? std::fma(factor, b_row[j], row[j]) : factor * b_row[j] + row[j];
        }
      }
    }
    return c;
  }

  Matrix<T> left(int form) const {
    return form % 2 == 0 ? matrix(a.data(), size.k) : transposed(a_transposed.data(), size.m);
  }
  Matrix<T> right(int form) const {
    if (form / 2 == 0) return matrix(b.data(), size.n);
    if (form / 2 == 1) return transposed(b_transposed.data(), size.k);
    return matrix_of_rows(b_rows.data());
  }

  Size size;
  std::vector<T> a, b, start, a_transposed, b_transposed;
  std::vector<const T*> b_rows;
};

// C with a gap after each row, made by product(start, c, c_stride), against `wanted`.
template <class T, class Product>
void expect_bits(const Problem<T>& problem, From from, const std::vector<T>& wanted,
                 const std::string& what, const Product& product) {
  const auto [m, n, k] = problem.size;
  const std::size_t stride = n + 3;
  std::vector<T> c(m * stride, T(7));
  Start<T> start;
  if (from == From::kRow) start = {problem.start.data(), 0};
  if (from == From::kMatrix) start = {problem.start.data(), n};
  if (from == From::kItself) {
    for (std::size_t i = 0; i < m; ++i) {
      std::copy_n(problem.start.data() + i * n, n, c.data() + i * stride);
    }
    start = {c.data(), stride};
  }
  product(start, c.data(), stride);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < stride; ++j) {
      ASSERT_EQ(c[i * stride + j], j < n ? wanted[i * n + j] : T(7))
          << what << " start " << static_cast<int>(from) << " of " << m << "x" << n << "x" << k
          << " at (" << i << ", " << j << ")";
    }
  }
}

// B packed once, in panels or side by side as a matrix whose rows are whole vectors.
template <class T>
void check_packed(const Problem<T>& problem, From from, const std::vector<T>& wanted, int threads,
                  const std::string& what) {
  const std::size_t m = problem.size.m, n = problem.size.n, k = problem.size.k;
  const Matrix<T> a = matrix(problem.a.data(), k);
  PackedLayout layout = dense_layout<T>(k, n);
  Tensor<T> packed({layout.size()});
  pack<T>(layout, {problem.b.data(), n, 1}, 0, layout.panels(), packed.data());
  expect_bits(problem, from, wanted, what + " packed", [&](Start<T> start, T* c, std::size_t s) {
    gemm(ThreadTeam(threads), m, a, layout, packed.data(), start, c, s);
  });
  layout.k_stride = layout.vectors.size() * layout.lanes;
  packed.fill(T(0));
  for (std::size_t row = 0; row < k; ++row) {
    std::copy_n(problem.b_rows[row], n, packed.data() + row * layout.k_stride);
  }
  expect_bits(problem, from, wanted, what + " in place", [&](Start<T> start, T* c, std::size_t s) {
    gemm(ThreadTeam(threads), m, a, layout, packed.data(), start, c, s);
  });
}

// Each pair of forms meets each number of threads: equal to one result, they are equal bits.
template <class T>
void check_size(const Size& size, const std::string& type) {
  const Problem<T> problem(size);
  int turn = 0;
  for (const From from : kFroms) {
    const std::vector<T> fused = problem.chains(from, true), rounded = problem.chains(from, false);
    for (const std::string& target : target_names()) {
      set_target(target);
      ASSERT_EQ(target_name(), target);
      const std::vector<T>& wanted = rounds_products(target) ? rounded : fused;
      for (int form = 0; form < 6; ++form) {
        const int threads = 1 + (form + turn) % 3;
        const std::string what = type + " " + target + " form " + std::to_string(form) +
                                 " threads " + std::to_string(threads);
        ASSERT_NO_FATAL_FAILURE(
            expect_bits(problem, from, wanted, what, [&](Start<T> start, T* c, std::size_t s) {
              gemm(ThreadTeam(threads), size.m, size.n, size.k, problem.left(form),
                   problem.right(form), start, c, s);
            }));
        if (form > 2) continue;
        ASSERT_NO_FATAL_FAILURE(check_packed(problem, from, wanted, threads, what));
      }
    }
    ++turn;
  }
}

TEST(Gemm, IsOneChainOfMultiplyAdds) {
  for (const Size& size : kSizes) {
    ASSERT_NO_FATAL_FAILURE(check_size<float>(size, "float"));
    ASSERT_NO_FATAL_FAILURE(check_size<double>(size, "double"));
  }
}

}  // namespace
}  // namespace unroll::kernels
