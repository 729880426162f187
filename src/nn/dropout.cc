#include "unroll/nn/dropout.h"

#include <algorithm>
#include <string>

#include "kernels/dropout.h"
#include "nn/dropout_sites.h"
#include "unroll/core/error.h"

namespace unroll {

Dropout::Dropout(double rate, std::uint64_t site) : rate_(rate), site_(site) {
  if (!(rate >= 0 && rate < 1)) {
    throw ValueError("dropout is " + std::to_string(rate) + "; wanted 0 <= dropout < 1");
  }
  if (site > kOutputSite) {
    throw ValueError("the dropout site is " + std::to_string(site) + "; wanted 0 to " +
                     std::to_string(kOutputSite));
  }
}

template <class T>
void Dropout::forward(const ThreadTeam& team, const DropoutKey& key, std::size_t count, const T* x,
                      T* y) const {
  if (rate_ > 0) {
    kernels::dropout(team, rate_, dropout_random(key, site_), count, x, y);
  } else if (x != y) {
    std::copy_n(x, count, y);
  }
}

template void Dropout::forward<float>(const ThreadTeam&, const DropoutKey&, std::size_t,
                                      const float*, float*) const;
template void Dropout::forward<double>(const ThreadTeam&, const DropoutKey&, std::size_t,
                                       const double*, double*) const;

}  // namespace unroll
