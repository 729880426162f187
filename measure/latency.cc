#include "measure/latency.h"

#include <algorithm>
#include <string>

#include "unroll/core/error.h"

namespace unroll::measure {

double percentile(std::vector<double> values, std::size_t per_mille) {
  if (values.empty()) throw ValueError("percentile: there are no values; wanted at least one");
  if (per_mille < 1 || per_mille > 1000) {
    throw ValueError("percentile: per_mille is " + std::to_string(per_mille) +
                     "; wanted 1 to 1000");
  }
  const std::size_t rank = (values.size() * per_mille + 999) / 1000;  // from 1
  const auto found = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), found, values.end());
  return *found;
}

SinglePasses::SinglePasses() : seconds_(kMost) {}

Latency SinglePasses::latency() const {
  const std::vector<double> times(seconds_.begin(),
                                  seconds_.begin() + static_cast<std::ptrdiff_t>(passes_));
  return {.p50 = 1e6 * percentile(times, 500),
          .p999 = 1e6 * percentile(times, 999),
          .max = 1e6 * percentile(times, 1000),
          .passes = passes_,
          .allocations = allocations_};
}

}  // namespace unroll::measure
