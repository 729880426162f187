// Times a matrix product alone, for compare_frameworks.py: C (M, N) = A (M, K) B (K, N), in float.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernels/gemm.h"
#include "kernels/pack.h"
#include "unroll/core/random.h"
#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"

namespace unroll {
namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
  std::size_t m = 1, k = 1, n = 1;
  bool a_transposed = false, b_transposed = false, packed = false;
  int threads = 1;
};

Tensor<float> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t item) {
  Tensor<float> matrix({rows, columns});
  const Random random(1, RandomUse::kCheck, item);
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = static_cast<float>(random.uniform(i, -1, 1));
  }
  return matrix;
}

kernels::Matrix<float> operand(const Tensor<float>& storage, bool transposed) {
  const std::size_t stride = storage.shape()[1];
  return transposed ? kernels::transposed(storage.data(), stride)
                    : kernels::matrix(storage.data(), stride);
}

template <class Product>
double median_us(double seconds, const Product& product) {
  std::vector<double> times;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  product();
  for (const Clock::time_point begin = Clock::now(); times.size() < 3 || since(begin) < seconds;) {
    const Clock::time_point start = Clock::now();
    product();
    times.push_back(1e6 * since(start));
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

// A line of standard input is for how many seconds the next measurement lasts.
void serve(const Settings& settings) {
  const std::size_t m = settings.m, k = settings.k, n = settings.n;
  const auto stored = [](std::size_t rows, std::size_t columns, bool transposed,
                         std::uint64_t item) {
    return transposed ? random_matrix(columns, rows, item) : random_matrix(rows, columns, item);
  };
  const Tensor<float> a = stored(m, k, settings.a_transposed, 1);
  const Tensor<float> b = stored(k, n, settings.b_transposed, 2);
  Tensor<float> c({m, n});
  const ThreadTeam team(settings.threads);
  const kernels::PackedLayout layout = kernels::dense_layout<float>(k, n);
  Tensor<float> packed({layout.size()});
  const kernels::Matrix<float> of_b = operand(b, settings.b_transposed);
  kernels::pack<float>(
      layout, {.data = of_b.data, .k_stride = of_b.row_stride, .column_stride = of_b.column_stride},
      0, layout.panels(), packed.data());
  const kernels::Matrix<float> of_a = operand(a, settings.a_transposed);
  for (double seconds = 0; std::cin >> seconds;) {
    const double us = median_us(seconds, [&] {
      if (settings.packed) {
        kernels::gemm<float>(team, m, of_a, layout, packed.data(), {}, c.data(), n);
      } else {
        kernels::gemm<float>(team, m, n, k, of_a, of_b, {}, c.data(), n);
      }
    });
    std::cout << nlohmann::json{{"forward_us", us}} << std::endl;
  }
}

}  // namespace
}  // namespace unroll

int main(int argc, char** argv) {
  unroll::Settings settings;
  CLI::App app(
      "Times C (M, N) = A (M, K) B (K, N) for each line of standard input, so many seconds.",
      "products");
  app.add_option("m", settings.m)->required()->check(CLI::Range(1, 1 << 20));
  app.add_option("k", settings.k)->required()->check(CLI::Range(1, 1 << 20));
  app.add_option("n", settings.n)->required()->check(CLI::Range(1, 1 << 20));
  app.add_flag("--a-transposed", settings.a_transposed, "A is kept as (K, M)");
  app.add_flag("--b-transposed", settings.b_transposed, "B is kept as (N, K)");
  app.add_flag("--packed", settings.packed, "B was packed before, as in the time loop");
  app.add_option("--threads", settings.threads)->check(CLI::Range(1, 1024));
  CLI11_PARSE(app, argc, argv);
  if (settings.packed && settings.a_transposed) {
    std::cerr << "products: --packed takes a row-major A\n";
    return 2;
  }
  try {
    unroll::serve(settings);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "products: " << error.what() << '\n';
    return 1;
  }
}
