#include "demo/nearest_neighbour.h"

#include <limits>

namespace unroll::app::demo {
namespace {

double squared_distance(const LabelledCurve& a, const LabelledCurve& b) {
  double sum = 0;
  for (std::size_t t = 0; t < a.values.size(); ++t) {
    const double difference = a.values[t] - b.values[t];
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

double nearest_neighbour_accuracy(const std::vector<LabelledCurve>& train,
                                  const std::vector<LabelledCurve>& test) {
  std::size_t right = 0;
  for (const LabelledCurve& curve : test) {
    double nearest = std::numeric_limits<double>::infinity();
    std::size_t kind = 0;
    for (const LabelledCurve& known : train) {
      const double distance = squared_distance(curve, known);
      if (distance < nearest) nearest = distance, kind = known.kind;
    }
    right += kind == curve.kind ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(test.size());
}

}  // namespace unroll::app::demo
