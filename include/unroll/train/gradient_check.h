#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

struct GradientCheckOptions {
  double step = 1e-3;                          // h
  double tolerance = 1e-7;                     // largest relative error that passes
  std::size_t max_elements_per_parameter = 0;  // checked, chosen by the seed; 0: all
  std::uint64_t seed = 0;
};

// One parameter: its backward pass's gradient a against the numeric one n, over `elements` checked
// elements.
struct ParameterCheck {
  std::string name = {};
  Shape shape = {};
  std::size_t elements = 0;
  double relative_error = 0;
  std::size_t worst_index = 0;  // into the value, row-major: where |a - n| is largest,
  double analytic = 0;          // a there
  double numeric = 0;           // n there
  bool passed = false;          // relative_error <= tolerance
};

struct GradientCheck {
  std::vector<ParameterCheck> parameters = {};
  double max_relative_error = 0;
  double tolerance = 0;
  bool passed = false;  // all parameters did
};

// Compares the gradients that forward_backward() leaves in the parameters with differences of
// loss(), both at the parameters' values:
//   n = (-f(x+2h) + 8 f(x+h) - 8 f(x-h) + f(x-2h)) / 12h        error h⁴ f⁽⁵⁾ / 30
//   relative error of a parameter = ‖a - n‖ / max(‖a‖ + ‖n‖, floor)
// f carries a rounding error of some units in the last place, and n therefore one of
// e = 16 ε |f| / h, ε that of T. floor = √elements · e / tolerance, so that a difference which
// rounding alone explains never fails, and any larger one does; it matters only for gradients as
// small as that, and makes 0/0 a relative error of zero. A gradient with a NaN or an infinity has
// the relative error infinity.
//
// With h = 1e-3 both errors of n are about 1e-12 in double, which is the type to check in; float
// needs h of about 1e-2 and a tolerance of about 1e-2. f must be smooth within ±2h: keep a ReLU's
// pre-activations away from zero.
//
// Rows that a sparse gradient does not have are zero, and are checked like the others; where not
// all elements are, half of the checked ones lie in rows that it has. Parameters that are not
// trainable are left out. Afterwards every value has the bits it had, also when a function throws.
//
// loss() computes the forward pass alone, with the same dropout masks as forward_backward() each
// time. Throws ValueError when two calls of it differ or an option is out of its range,
// NumericError when it returns a NaN or an infinity, ShapeError for a gradient of the wrong size.
template <class T>
UNROLL_PUBLIC GradientCheck check_gradients(const Parameters<T>& parameters,
                                            const std::function<double()>& loss,
                                            const std::function<void()>& forward_backward,
                                            const GradientCheckOptions& options = {});

}  // namespace unroll

#pragma GCC visibility pop
