#pragma once

#include <cstddef>

namespace unroll::kernels {

// The sum of x_i² over `count` elements, in double. NaN and infinity go through.
double sum_of_squares(const float* x, std::size_t count) noexcept;
double sum_of_squares(const double* x, std::size_t count) noexcept;

// x_i ← min(max(x_i, -limit), limit); NaN stays.
void clamp(float* x, std::size_t count, float limit) noexcept;
void clamp(double* x, std::size_t count, double limit) noexcept;

}  // namespace unroll::kernels
