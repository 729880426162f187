#include "kernels/softmax.h"

#include <algorithm>

#include "nn/heads/row_head.h"

namespace unroll {
namespace {

class Softmax : public RowHead<Softmax> {
 public:
  std::string name() const override { return "softmax"; }
  HeadTargets targets() const override { return HeadTargets::kClass; }

  template <class T>
  double rows(const LossRows<T>& rows, std::size_t begin, std::size_t end, double scale,
              T* d_predictions) const {
    constexpr std::size_t kChunk = 32;
    double sum = 0, losses[kChunk];
    for (std::size_t r = begin; r < end; r += kChunk) {
      const std::size_t count = std::min(kChunk, end - r), at = r * rows.width;
      kernels::softmax_loss<T>({.rows = count,
                                .classes = rows.width,
                                .logits = rows.predictions + at,
                                .logits_stride = rows.width,
                                .targets = rows.classes + r,
                                .weights = rows.mask == nullptr ? nullptr : rows.mask + r,
                                .scale = scale,
                                .losses = losses,
                                .gradient = d_predictions == nullptr ? nullptr : d_predictions + at,
                                .gradient_stride = rows.width});
      for (std::size_t i = 0; i < count; ++i) {
        sum += losses[i] * (rows.mask == nullptr ? 1 : static_cast<double>(rows.mask[r + i]));
      }
    }
    return sum;
  }

  template <class T>
  Decoded<T> answers(const LossRows<T>& rows) const {
    const std::size_t classes = rows.width;
    Decoded<T> decoded;
    decoded.probabilities.assign(rows.predictions, rows.predictions + rows.rows * classes);
    kernels::softmax<T>(rows.rows, classes, decoded.probabilities.data(), classes);
    decoded.classes.resize(rows.rows);
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const T* row = decoded.probabilities.data() + r * classes;
      decoded.classes[r] = static_cast<std::uint32_t>(std::max_element(row, row + classes) - row);
    }
    return decoded;
  }
};

}  // namespace

std::unique_ptr<const Head> softmax_head(const HeadOptions&) { return std::make_unique<Softmax>(); }

}  // namespace unroll
