#include "nn/heads/element_head.h"

namespace unroll {
namespace {

class SquaredError : public PointHead<SquaredError> {
 public:
  std::string name() const override { return "squared_error"; }
  static Term term(double x, double t) { return {(x - t) * (x - t), 2 * (x - t)}; }
};

}  // namespace

std::unique_ptr<const Head> squared_error_head(const HeadOptions&) {
  return std::make_unique<SquaredError>();
}

}  // namespace unroll
