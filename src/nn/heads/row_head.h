#pragma once

#include <algorithm>
#include <cstddef>

#include "unroll/nn/head.h"

namespace unroll {

template <class T>
bool counts(const LossRows<T>& rows, std::size_t r) {
  return rows.mask == nullptr || rows.mask[r] != 0;
}

// Throws unless every mask, class and target is in its range.
template <class T>
void check_loss_rows(const Head& head, const LossRows<T>& rows);

// What the reduction multiplies the sum w_r l_r by.
template <class T>
double loss_scale(const Head& head, const LossRows<T>& rows, Reduction reduction);

// A head whose loss is a sum over rows. Form derives from it, and has for each T
//   double rows(const LossRows<T>&, begin, end, scale, T* d_predictions) const
//     the sum of w_r l_r over the rows [begin, end), and unless null their gradients, times `scale`
//   Decoded<T> answers(const LossRows<T>&) const
template <class Form>
class RowHead : public Head {
 public:
  double loss(const ThreadTeam& team, const LossRows<float>& rows, Reduction reduction,
              float* d_predictions, float*) const final {
    return sum(team, rows, reduction, d_predictions);
  }
  double loss(const ThreadTeam& team, const LossRows<double>& rows, Reduction reduction,
              double* d_predictions, double*) const final {
    return sum(team, rows, reduction, d_predictions);
  }
  Decoded<float> decode(const LossRows<float>& rows) const final { return form().answers(rows); }
  Decoded<double> decode(const LossRows<double>& rows) const final { return form().answers(rows); }

 private:
  // A block of rows sums in order; the blocks' sums are added in order. The grid depends on R
  // alone.
  static constexpr std::size_t kMaxBlocks = 64, kLeastRows = 32;

  const Form& form() const { return static_cast<const Form&>(*this); }

  template <class T>
  double sum(const ThreadTeam& team, const LossRows<T>& rows, Reduction reduction,
             T* d_predictions) const {
    check_loss_rows(*this, rows);
    const double scale = loss_scale(*this, rows, reduction);
    double sums[kMaxBlocks] = {};
    const std::size_t step = std::max(kLeastRows, (rows.rows + kMaxBlocks - 1) / kMaxBlocks);
    team.for_each_block((rows.rows + step - 1) / step, [&](std::size_t block) {
      const std::size_t begin = block * step, end = std::min(rows.rows, begin + step);
      sums[block] = form().rows(rows, begin, end, scale, d_predictions);
    });
    double sum = 0;
    for (const double block_sum : sums) sum += block_sum;
    return sum * scale;
  }
};

// The sum over rows [begin, end) of w_r row(r, d, factor), where `row` writes the derivatives d
// (W), times `factor`, unless null.
template <class T, class Row>
double weighted_rows(const Row& row, const LossRows<T>& rows, std::size_t begin, std::size_t end,
                     double scale, T* d_predictions) {
  double sum = 0;
  for (std::size_t r = begin; r < end; ++r) {
    T* d = d_predictions == nullptr ? nullptr : d_predictions + r * rows.width;
    if (!counts(rows, r)) {
      if (d != nullptr) std::fill_n(d, rows.width, T(0));
      continue;
    }
    const double weight = rows.mask == nullptr ? 1 : static_cast<double>(rows.mask[r]);
    sum += weight * row(r, d, scale * weight);
  }
  return sum;
}

}  // namespace unroll
