#include "unroll/optim/gradient_sum.h"

#include <algorithm>
#include <utility>

namespace unroll {

template <class T>
GradientSum<T>::GradientSum(const Parameters<T>& parameters)
    : parameters_(parameters), sums_(parameters.size()) {}

template <class T>
void GradientSum<T>::add(const ThreadTeam& team) {
  constexpr std::size_t kBlock = std::size_t{1} << 14;  // elements a block of work
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    Parameter<T>& parameter = *parameters_[p];
    Sum& sum = sums_[p];
    if (empty_) {
      std::swap(sum.gradient, parameter.gradient);
      std::swap(sum.rows, parameter.rows);
    } else if (parameter.sparse) {
      add_sparse(parameter, sum);
    } else {
      const std::size_t size = sum.gradient.size();
      T* const to = sum.gradient.data();
      const T* const from = parameter.gradient.data();
      team.for_elements(size).for_each_block((size + kBlock - 1) / kBlock, [&](std::size_t block) {
        const std::size_t end = std::min(size, (block + 1) * kBlock);
        for (std::size_t i = block * kBlock; i < end; ++i) to[i] += from[i];
      });
    }
  }
  empty_ = false;
}

// The rows of both, ascending; one that stands in both is added.
template <class T>
void GradientSum<T>::add_sparse(const Parameter<T>& parameter, Sum& sum) {
  const std::size_t width = parameter.shape()[1];
  const std::size_t most = sum.rows.size() + parameter.rows.size();
  if (merged_.gradient.size() < most * width) merged_.gradient = Tensor<T>({most, width});
  merged_.rows.clear();
  for (std::size_t a = 0, b = 0; a < sum.rows.size() || b < parameter.rows.size();) {
    const bool mine =
        b == parameter.rows.size() || (a < sum.rows.size() && sum.rows[a] <= parameter.rows[b]);
    const bool both = mine && b < parameter.rows.size() && sum.rows[a] == parameter.rows[b];
    T* const to = merged_.gradient.data() + merged_.rows.size() * width;
    const T* const other = parameter.gradient.data() + b * width;
    std::copy_n(mine ? sum.gradient.data() + a * width : other, width, to);
    for (std::size_t i = 0; both && i < width; ++i) to[i] += other[i];
    merged_.rows.push_back(mine ? sum.rows[a] : parameter.rows[b]);
    a += mine ? 1 : 0;
    b += !mine || both ? 1 : 0;
  }
  std::swap(sum.gradient, merged_.gradient);
  std::swap(sum.rows, merged_.rows);
}

template <class T>
void GradientSum<T>::give() {
  if (empty_) return;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    std::swap(sums_[p].gradient, parameters_[p]->gradient);
    std::swap(sums_[p].rows, parameters_[p]->rows);
  }
  empty_ = true;
}

template class GradientSum<float>;
template class GradientSum<double>;

}  // namespace unroll
