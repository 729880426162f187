#include "kernels/packed_product.h"
#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/packed_product_f32.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/register_tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {

void product_f32(const PackedProduct<float>& of, std::size_t begin, std::size_t end) {
  product<unroll::HWY_NAMESPACE::MultiplyAdd>(of, begin, end);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"

namespace unroll::kernels {

HWY_EXPORT(product_f32);

template <>
void multiply<float>(const PackedProduct<float>& product, std::size_t begin,
                     std::size_t end) noexcept {
  assert(is_product(product, begin, end));
  if (product.layout.precision == Precision::kBf16) {
    multiply_bf16(product, begin, end);
  } else {
    UNROLL_DISPATCH(product_f32)(product, begin, end);
  }
}

}  // namespace unroll::kernels
#endif  // HWY_ONCE
