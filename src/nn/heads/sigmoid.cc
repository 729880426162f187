#include <cmath>

#include "nn/heads/element_head.h"

namespace unroll {
namespace {

class Sigmoid : public ElementHead<Sigmoid> {
 public:
  std::string name() const override { return "sigmoid"; }
  HeadTargets targets() const override { return HeadTargets::kClassSet; }

  static Term term(double x, double t) {
    const double e = std::exp(-std::fabs(x));  // σ(x) = 1 / (1 + e) or e / (1 + e)
    return {std::fmax(x, 0) - x * t + std::log1p(e), (x >= 0 ? 1 : e) / (1 + e) - t};
  }

  template <class T>
  Decoded<T> answers(const LossRows<T>& rows) const {
    const std::size_t count = rows.rows * rows.width;
    Decoded<T> decoded;
    decoded.probabilities.resize(count), decoded.members.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const T x = rows.predictions[i];
      decoded.probabilities[i] = T(1) / (T(1) + std::exp(-x));
      decoded.members[i] = x > 0 ? 1 : 0;  // a probability above one half
    }
    return decoded;
  }
};

}  // namespace

std::unique_ptr<const Head> sigmoid_head(const HeadOptions&) { return std::make_unique<Sigmoid>(); }

}  // namespace unroll
