#pragma once

#include "nn/heads/row_head.h"

namespace unroll {

// The loss of one element and its derivative.
struct Term {
  double loss, derivative;
};

// A head whose loss is a sum over the elements of a row: Form has Term term(x, t) const.
template <class Form>
class ElementHead : public RowHead<Form> {
 public:
  template <class T>
  double rows(const LossRows<T>& rows, std::size_t begin, std::size_t end, double scale,
              T* d_predictions) const {
    const auto row = [&](std::size_t r, T* d, double factor) {
      double sum = 0;
      for (std::size_t c = 0; c < rows.width; ++c) {
        const std::size_t i = r * rows.width + c;
        const Term at = Form::term(static_cast<double>(rows.predictions[i]),
                                   static_cast<double>(rows.targets[i]));
        sum += at.loss;
        if (d != nullptr) d[c] = static_cast<T>(factor * at.derivative);
      }
      return sum;
    };
    return weighted_rows(row, rows, begin, end, scale, d_predictions);
  }
};

// Of W numbers that are the predictions themselves.
template <class Form>
class PointHead : public ElementHead<Form> {
 public:
  HeadTargets targets() const final { return HeadTargets::kNumbers; }

  template <class T>
  Decoded<T> answers(const LossRows<T>& rows) const {
    return {.values = {rows.predictions, rows.predictions + rows.rows * rows.width}};
  }
};

}  // namespace unroll
