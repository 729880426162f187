#include <cmath>

#include "nn/heads/element_head.h"

namespace unroll {
namespace {

class Huber : public PointHead<Huber> {
 public:
  std::string name() const override { return "huber"; }
  static Term term(double x, double t) {
    const double r = x - t, a = std::fabs(r);
    return a > 1 ? Term{a - 0.5, r > 0 ? 1.0 : -1.0} : Term{r * r / 2, r};
  }
};

}  // namespace

std::unique_ptr<const Head> huber_head(const HeadOptions&) { return std::make_unique<Huber>(); }

}  // namespace unroll
