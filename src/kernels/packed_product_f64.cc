#include "kernels/packed_product.h"
#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/packed_product_f64.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/register_tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {

void product_f64(const PackedProduct<double>& of, std::size_t begin, std::size_t end) {
  product<unroll::HWY_NAMESPACE::MultiplyAdd>(of, begin, end);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"

namespace unroll::kernels {

HWY_EXPORT(product_f64);

template <>
void multiply<double>(const PackedProduct<double>& product, std::size_t begin,
                      std::size_t end) noexcept {
  assert(is_product(product, begin, end));
  UNROLL_DISPATCH(product_f64)(product, begin, end);
}

}  // namespace unroll::kernels
#endif  // HWY_ONCE
