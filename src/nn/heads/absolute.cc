#include <cmath>

#include "nn/heads/element_head.h"

namespace unroll {
namespace {

class Absolute : public PointHead<Absolute> {
 public:
  std::string name() const override { return "absolute"; }
  static Term term(double x, double t) {
    const double r = x - t;
    return {std::fabs(r), r > 0 ? 1.0 : r < 0 ? -1.0 : r};  // a NaN stays
  }
};

}  // namespace

std::unique_ptr<const Head> absolute_head(const HeadOptions&) {
  return std::make_unique<Absolute>();
}

}  // namespace unroll
