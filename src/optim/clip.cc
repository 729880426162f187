#include "unroll/optim/clip.h"

#include <array>
#include <cmath>

#include "core/range.h"
#include "kernels/norm.h"
#include "optim/parts.h"

namespace unroll {
namespace {

// Blocks of 4096 elements, or of a multiple of it where that would be more than kMaxBlocks.
constexpr std::size_t kBlock = 4096;
constexpr std::size_t kMaxBlocks = 1024;

struct Blocks {
  std::size_t total, size, count;
  explicit Blocks(std::size_t elements)
      : total(elements),
        size(kBlock * (elements / (kBlock * kMaxBlocks) + 1)),
        count((elements + size - 1) / size) {}
  std::size_t begin(std::size_t block) const { return block * size; }
  std::size_t end(std::size_t block) const { return std::min(total, (block + 1) * size); }
};

template <class T>
Blocks blocks_of(const Parameters<T>& parameters) {
  for (const Parameter<T>* parameter : parameters) {
    if (parameter->trainable) optim::check_gradient(*parameter);
  }
  return Blocks(optim::gradient_elements(parameters));
}

}  // namespace

template <class T>
double gradient_norm(const Parameters<T>& parameters, const ThreadTeam& team) {
  const Blocks blocks = blocks_of(parameters);
  std::array<double, kMaxBlocks> sums;
  team.for_elements(blocks.total).for_each_block(blocks.count, [&](std::size_t block) {
    double sum = 0;
    optim::for_each_part(parameters, blocks.begin(block), blocks.end(block),
                         [&](std::size_t i, std::size_t at, std::size_t count) {
                           const T* gradient = parameters[i]->gradient.data();
                           sum += kernels::sum_of_squares(gradient + at, count);
                         });
    sums[block] = sum;
  });
  double total = 0;
  for (std::size_t block = 0; block < blocks.count; ++block) total += sums[block];
  return std::sqrt(total);
}

double clip_factor(double norm, double max_norm) {
  check_range("max_norm", max_norm, {0, kInfinity, true, false});
  if (max_norm == 0 || norm <= max_norm) return 1;
  return max_norm / norm;
}

template <class T>
void clip_value(const Parameters<T>& parameters, double max_value, const ThreadTeam& team) {
  check_range("max_value", max_value, {0, kInfinity, false, false});
  const Blocks blocks = blocks_of(parameters);
  team.for_elements(blocks.total).for_each_block(blocks.count, [&](std::size_t block) {
    optim::for_each_part(parameters, blocks.begin(block), blocks.end(block),
                         [&](std::size_t i, std::size_t at, std::size_t count) {
                           T* gradient = parameters[i]->gradient.data();
                           kernels::clamp(gradient + at, count, static_cast<T>(max_value));
                         });
  });
}

template double gradient_norm(const Parameters<float>&, const ThreadTeam&);
template double gradient_norm(const Parameters<double>&, const ThreadTeam&);
template void clip_value(const Parameters<float>&, double, const ThreadTeam&);
template void clip_value(const Parameters<double>&, double, const ThreadTeam&);

}  // namespace unroll
