#include "kernels/packed_product.h"
#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/packed_product_bf16.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/register_tile-inl.h"
#include "kernels/target_order.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {

void product_bf16(const PackedProduct<float>& of, std::size_t begin, std::size_t end) {
#if UNROLL_IS_AVX512(HWY_TARGET)
  if (uses_bf16_instruction()) {
    product<unroll::HWY_NAMESPACE::Bf16Instruction>(of, begin, end);
    return;
  }
#endif
  product<unroll::HWY_NAMESPACE::Bf16MultiplyAdd>(of, begin, end);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::kernels {

HWY_EXPORT(product_bf16);

void multiply_bf16(const PackedProduct<float>& product, std::size_t begin,
                   std::size_t end) noexcept {
  UNROLL_DISPATCH(product_bf16)(product, begin, end);
}

}  // namespace unroll::kernels
#endif  // HWY_ONCE
