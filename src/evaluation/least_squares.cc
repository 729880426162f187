#include "evaluation/least_squares.h"

#include <Eigen/QR>

namespace unroll {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using RowsOfNumbers = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

void Triangle::add(std::span<const double> rows) {
  const auto width = static_cast<Index>(width_);
  const auto count = static_cast<Index>(rows.size() / width_);
  MatrixXd all(width + count, width);
  all.topRows(width) = Eigen::Map<const MatrixXd>(values_.data(), width, width);
  all.bottomRows(count) = Eigen::Map<const RowsOfNumbers>(rows.data(), count, width);
  const Eigen::HouseholderQR<MatrixXd> qr(all);
  Eigen::Map<MatrixXd>(values_.data(), width, width) =
      qr.matrixQR().topRows(width).triangularView<Eigen::Upper>();
}

std::vector<double> Triangle::solve(double threshold) const {
  const auto width = static_cast<Index>(width_);
  const Eigen::Map<const MatrixXd> triangle(values_.data(), width, width);
  // R x = c, where the rows' right sides became c.
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> decomposition;
  decomposition.setThreshold(threshold);
  decomposition.compute(triangle.topLeftCorner(width - 1, width - 1));
  const Eigen::VectorXd solution = decomposition.solve(triangle.col(width - 1).head(width - 1));
  return {solution.begin(), solution.end()};
}

}  // namespace unroll
