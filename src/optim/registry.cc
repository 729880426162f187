#include "optim/registry.h"

namespace unroll::optim {

std::span<const Rule* const> rules() {
  static constexpr const Rule* kRules[] = {&kSgd,     &kMomentum, &kNesterov, &kAdagrad,
                                           &kRmsprop, &kAdam,     &kAdamw,    &kRprop};
  return kRules;
}

}  // namespace unroll::optim
