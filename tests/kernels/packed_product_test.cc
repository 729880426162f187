// The packed tile in the form that recurrence uses, against plain loops, on every instruction set
// and over odd sizes. The bound is the worst case of a sum of k products, k·ε·Σ|a·b|.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/pack.h"
#include "kernels/packed_product.h"
#include "kernels/random_values.h"
#include "kernels/targets.h"
#include "unroll/core/tensor.h"

namespace unroll::kernels {
namespace {

// The form that recurrence uses: gates interleaved, rows anywhere, output slots in another order.
template <class T>
void check_interleaved(std::size_t hidden, std::size_t depth, std::size_t rows,
                       const std::vector<std::size_t>& slots, std::size_t slot_count,
                       const std::string& target) {
  const std::size_t gates = slots.size();
  const std::vector<T> w = random_values<T>(gates * hidden * depth, 4);  // (gates·hidden, depth)
  const std::vector<T> a = random_values<T>(rows * depth, 6);
  const PackedLayout layout = interleaved_layout<T>(depth, hidden, slots);
  Tensor<T> packed({layout.size()});
  pack<T>(layout, {w.data(), 1, depth}, 0, layout.panels(), packed.data());
  std::vector<T> c(rows * slot_count * hidden, T(7));
  std::vector<const T*> a_rows(rows);
  std::vector<T*> c_rows(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    a_rows[r] = a.data() + (rows - 1 - r) * depth;
    c_rows[r] = c.data() + (rows - 1 - r) * slot_count * hidden;
  }
  // Split over panels and rows at odd places: no bit may change (see the second product below).
  const std::size_t middle = layout.panels() / 2, cut = rows / 3;
  const auto product = [&](std::size_t first, std::size_t count, std::size_t begin,
                           std::size_t end) {
    multiply<T>(
        {layout, packed.data(), count, a_rows.data() + first, 1, nullptr, c_rows.data() + first},
        begin, end);
  };
  product(0, rows, 0, middle);
  product(0, cut, middle, layout.panels());
  product(cut, rows - cut, middle, layout.panels());
  std::vector<T> whole(c.size(), T(7));
  for (std::size_t r = 0; r < rows; ++r)
    c_rows[r] = whole.data() + (rows - 1 - r) * slot_count * hidden;
  product(0, rows, 0, layout.panels());
  ASSERT_EQ(c, whole) << target;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t slot = 0; slot < slot_count; ++slot) {
      const auto gate = std::find(slots.begin(), slots.end(), slot);
      for (std::size_t unit = 0; unit < hidden; ++unit) {
        const T got = c[(r * slot_count + slot) * hidden + unit];
        if (gate == slots.end()) {
          ASSERT_EQ(got, T(7)) << "a slot without a product was written on " << target;
          continue;
        }
        const std::size_t row = static_cast<std::size_t>(gate - slots.begin()) * hidden + unit;
        double sum = 0, magnitude = 0;
        for (std::size_t k = 0; k < depth; ++k) {
          const double product = double{a[r * depth + k]} * double{w[row * depth + k]};
          sum += product;
          magnitude += std::fabs(product);
        }
        ASSERT_NEAR(got, sum,
                    static_cast<double>(depth) * std::numeric_limits<T>::epsilon() * magnitude)
            << target << " H=" << hidden << " rows=" << rows;
      }
    }
  }
}

TEST(PackedProduct, InterleavedGates) {
  for (const std::string& target : target_names()) {
    set_target(target);
    for (const std::size_t hidden : {1u, 2u, 3u, 15u, 16u, 17u, 31u, 33u, 65u}) {
      for (const std::size_t rows : {1u, 2u, 5u, 7u, 13u, 20u}) {
        check_interleaved<float>(hidden, hidden + 3, rows, {0, 1, 2, 3}, 4, target);
        check_interleaved<float>(hidden, hidden + 3, rows, {1, 2, 3}, 4, target);
        check_interleaved<double>(hidden, hidden + 3, rows, {0}, 1, target);
        check_interleaved<double>(hidden, hidden + 3, rows, {0, 1}, 3, target);
        check_interleaved<double>(hidden, hidden + 3, rows, {4, 3, 2, 1, 0}, 5, target);
      }
    }
    // Deep enough to be taken in parts, and large enough to be fetched ahead.
    check_interleaved<float>(65, 1100, 20, {0, 1, 2, 3}, 4, target);
    check_interleaved<double>(33, 2051, 7, {0, 1, 2}, 3, target);
  }
}

}  // namespace
}  // namespace unroll::kernels
