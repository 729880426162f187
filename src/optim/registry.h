#pragma once

#include <span>

#include "optim/rule.h"

namespace unroll::optim {

// One file each.
extern const Rule kSgd, kMomentum, kNesterov, kAdagrad, kRmsprop, kAdam, kAdamw, kRprop;

// Every optimizer.
std::span<const Rule* const> rules();

}  // namespace unroll::optim
