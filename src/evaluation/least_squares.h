#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace unroll {

// The triangle R of a QR decomposition of rows (x_1 … x_k, y): R'R is the sum of their products. So
// memory does not grow with the number of rows.
class Triangle {
 public:
  explicit Triangle(std::size_t width) : width_(width), values_(width * width) {}

  // Takes rows (n, width) in beside those so far.
  void add(std::span<const double> rows);

  // The x that brings the sum of (x_1 w_1 + … + x_k w_k - y)² to its least, of the smallest norm
  // where several do. `threshold`: pivots below it, relative to the largest, count as 0.
  std::vector<double> solve(double threshold) const;

  double operator()(std::size_t row, std::size_t column) const {
    return values_[column * width_ + row];
  }

 private:
  std::size_t width_;
  std::vector<double> values_;  // (width, width), column by column
};

}  // namespace unroll
