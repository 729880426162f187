#pragma once

#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// The Euclidean norm of the gradients of all trainable parameters as one vector, summed in double;
// of a sparse gradient the rows that it holds. NaN or infinite where a gradient is. Same bits for
// any number of threads. Throws ShapeError when a gradient does not fit its value.
template <class T>
UNROLL_PUBLIC double gradient_norm(const Parameters<T>& parameters, const ThreadTeam& team);

// What to multiply gradients of the norm `norm` by, so that their norm is at most max_norm:
// min(1, max_norm / norm); torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm. 1 when norm is 0,
// or max_norm is 0 (no clipping). NaN when norm is NaN. Throws ValueError when max_norm is negative
// or not finite.
double clip_factor(double norm, double max_norm);

// Brings every element of the gradients of trainable parameters into [-max_value, max_value], in
// place; NaN stays NaN. Throws ValueError unless max_value > 0, ShapeError like gradient_norm.
template <class T>
UNROLL_PUBLIC void clip_value(const Parameters<T>& parameters, double max_value,
                              const ThreadTeam& team);

extern template double gradient_norm(const Parameters<float>&, const ThreadTeam&);
extern template double gradient_norm(const Parameters<double>&, const ThreadTeam&);
extern template void clip_value(const Parameters<float>&, double, const ThreadTeam&);
extern template void clip_value(const Parameters<double>&, double, const ThreadTeam&);

}  // namespace unroll

#pragma GCC visibility pop
