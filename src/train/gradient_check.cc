#include "unroll/train/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "unroll/core/error.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

// The rounding error that a loss is assumed to have, in units of its last place.
constexpr double kLossUlps = 16;

void check_options(const GradientCheckOptions& options) {
  const auto check = [](const char* name, double value) {
    if (!(value > 0 && std::isfinite(value))) {
      throw ValueError(std::string(name) + " of the gradient check is " + std::to_string(value) +
                       "; wanted a positive number");
    }
  };
  check("step", options.step);
  check("tolerance", options.tolerance);
}

// Element `index` of the gradient, as a dense one has it.
template <class T>
T gradient_at(const Parameter<T>& p, std::size_t index) {
  if (!p.sparse) return p.gradient[index];
  const std::size_t columns = p.shape()[1];
  const auto row = std::lower_bound(p.rows.begin(), p.rows.end(), index / columns);
  if (row == p.rows.end() || *row != index / columns) return T(0);
  return p.gradient[static_cast<std::size_t>(row - p.rows.begin()) * columns + index % columns];
}

template <class T>
void check_gradient_size(const Parameter<T>& p) {
  if (!p.sparse) {
    check_shape("the gradient of " + p.name(), p.gradient.shape(), p.shape());
  } else if (p.shape().rank() != 2 || p.gradient.size() < p.gradient_size() ||
             (!p.rows.empty() && p.rows.back() >= p.shape()[0])) {
    throw ShapeError("the sparse gradient of " + p.name() + " " + p.shape().text() + " has " +
                     std::to_string(p.rows.size()) + " rows that do not fit it");
  }
}

// `wanted` of `count` numbers 0 … count-1, all different: one from each of `wanted` equal parts.
std::vector<std::size_t> sample(std::size_t count, std::size_t wanted, const Random& random,
                                std::uint64_t first_draw) {
  wanted = std::min(count, wanted);
  std::vector<std::size_t> chosen(wanted);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::size_t begin = count / wanted * i + std::min(i, count % wanted);
    const std::size_t size = count / wanted + (i < count % wanted ? 1 : 0);
    chosen[i] = begin + random.below(first_draw + i, size);
  }
  return chosen;
}

// The elements to check, ascending.
template <class T>
std::vector<std::size_t> chosen_elements(const Parameter<T>& p, std::size_t position,
                                         const GradientCheckOptions& options) {
  const std::size_t most = options.max_elements_per_parameter;
  const Random random(options.seed, RandomUse::kCheck, position);
  if (most == 0 || most >= p.size()) return sample(p.size(), p.size(), random, 0);
  const std::size_t in_rows = p.sparse ? most / 2 : 0;
  std::vector<std::size_t> chosen = sample(p.size(), most - in_rows, random, 0);
  if (in_rows > 0) {
    const std::size_t columns = p.shape()[1];
    for (const std::size_t i : sample(p.gradient_size(), in_rows, random, most)) {
      chosen.push_back(p.rows[i / columns] * columns + i % columns);
    }
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  }
  return chosen;
}

// Puts an element back at the end of its lifetime.
template <class T>
class Restore {
 public:
  Restore(Parameter<T>& parameter, std::size_t index)
      : parameter_(parameter), index_(index), value_(parameter.value()[index]) {}
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;
  ~Restore() { parameter_.edit()[index_] = value_; }

  T value() const { return value_; }

 private:
  Parameter<T>& parameter_;
  std::size_t index_;
  T value_;
};

double finite_loss(const std::function<double()>& loss, const std::string& where) {
  const double f = loss();
  if (!std::isfinite(f)) {
    throw NumericError("the loss is " + std::to_string(f) + " " + where +
                       "; its gradient cannot be checked");
  }
  return f;
}

template <class T>
double numeric_gradient(Parameter<T>& p, std::size_t index, double step,
                        const std::function<double()>& loss) {
  const Restore<T> restore(p, index);
  const auto f = [&](double offset) {
    const T value = static_cast<T>(static_cast<double>(restore.value()) + offset);
    p.edit()[index] = value;
    return finite_loss(loss, "near " + p.name() + "[" + std::to_string(index) + "]");
  };
  // In this order the differences of equal losses are zero without a rounding error.
  return (8 * (f(step) - f(-step)) - (f(2 * step) - f(-2 * step))) / (12 * step);
}

template <class T>
ParameterCheck check_parameter(Parameter<T>& p, const std::vector<std::size_t>& elements,
                               const std::vector<T>& gradient, double noise,
                               const std::function<double()>& loss,
                               const GradientCheckOptions& options) {
  ParameterCheck result{.name = p.name(), .shape = p.shape(), .elements = elements.size()};
  double worst = -1, difference = 0, analytic = 0, numeric = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const double a = static_cast<double>(gradient[i]);
    const double n = numeric_gradient(p, elements[i], options.step, loss);
    difference += (a - n) * (a - n), analytic += a * a, numeric += n * n;
    const double apart =
        std::isfinite(a) ? std::fabs(a - n) : std::numeric_limits<double>::infinity();
    if (apart > worst) {
      worst = apart;
      result.worst_index = elements[i], result.analytic = a, result.numeric = n;
    }
  }
  const double floor = std::sqrt(static_cast<double>(elements.size())) * noise / options.tolerance;
  const double scale = std::max(std::sqrt(analytic) + std::sqrt(numeric), floor);
  if (!std::isfinite(analytic)) {
    result.relative_error = std::numeric_limits<double>::infinity();
  } else if (difference > 0) {
    result.relative_error = std::sqrt(difference) / scale;
  }
  result.passed = result.relative_error <= options.tolerance;
  return result;
}

}  // namespace

template <class T>
GradientCheck check_gradients(const Parameters<T>& parameters, const std::function<double()>& loss,
                              const std::function<void()>& forward_backward,
                              const GradientCheckOptions& options) {
  check_options(options);
  const double f = finite_loss(loss, "at the parameters' values");
  if (loss() != f) {
    throw ValueError(
        "two calls of the loss differ at the same parameters; it must draw the same dropout masks "
        "and start from the same states each time");
  }
  forward_backward();
  // The gradients first: loss() may use the same memory.
  std::vector<std::vector<std::size_t>> elements(parameters.size());
  std::vector<std::vector<T>> gradients(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i]->trainable) continue;
    check_gradient_size(*parameters[i]);
    elements[i] = chosen_elements(*parameters[i], i, options);
    for (const std::size_t element : elements[i]) {
      gradients[i].push_back(gradient_at(*parameters[i], element));
    }
  }
  const double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
  const double noise = kLossUlps * epsilon * std::fabs(f) / options.step;
  GradientCheck check{.tolerance = options.tolerance, .passed = true};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i]->trainable) continue;
    check.parameters.push_back(
        check_parameter(*parameters[i], elements[i], gradients[i], noise, loss, options));
    const ParameterCheck& result = check.parameters.back();
    check.max_relative_error = std::max(check.max_relative_error, result.relative_error);
    check.passed = check.passed && result.passed;
  }
  return check;
}

template GradientCheck check_gradients(const Parameters<float>&, const std::function<double()>&,
                                       const std::function<void()>&, const GradientCheckOptions&);
template GradientCheck check_gradients(const Parameters<double>&, const std::function<double()>&,
                                       const std::function<void()>&, const GradientCheckOptions&);

}  // namespace unroll
