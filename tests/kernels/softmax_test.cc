// Every instruction set against long double, over odd numbers of classes, those that fill several
// blocks, and extreme logits.

#include "kernels/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "unroll/core/random.h"

namespace unroll::kernels {
namespace {

struct Logits {
  std::size_t classes;
  double range;  // uniform in ±range
  bool masked;   // every third class is -infinity
};

const Logits kLogits[] = {
    {1, 5, false},     {2, 5, false},      {3, 1e4, false},    {7, 5, true},
    {16, 5, false},    {17, 1e4, true},    {31, 5, false},     {65, 5, false},
    {130, 80, false},  {1000, 5, true},    {4096, 5, false},   {4097, 1e4, false},
    {10000, 5, false}, {10001, 1e4, true}, {20011, 80, false}, {300007, 3, false},
};

constexpr std::size_t kRows = 3, kPad = 5;

template <class T>
std::vector<T> logits_of(const Logits& c, std::uint64_t stream) {
  const Random random(5, RandomUse::kCheck, stream);
  std::vector<T> x(kRows * (c.classes + kPad), T(99));
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i % (c.classes + kPad) >= c.classes) continue;
    x[i] = static_cast<T>(random.uniform(i, -c.range, c.range));
    if (c.masked && i % 3 == 1) x[i] = -std::numeric_limits<T>::infinity();
  }
  return x;
}

template <class T>
std::vector<long double> log_softmax_oracle(const T* x, std::size_t classes) {
  long double max = -std::numeric_limits<long double>::infinity(), sum = 0;
  for (std::size_t v = 0; v < classes; ++v) max = std::max(max, static_cast<long double>(x[v]));
  for (std::size_t v = 0; v < classes; ++v) sum += std::exp(static_cast<long double>(x[v]) - max);
  std::vector<long double> y(classes);
  for (std::size_t v = 0; v < classes; ++v)
    y[v] = static_cast<long double>(x[v]) - max - std::log(sum);
  return y;
}

// A target that is not masked, where there is one.
template <class T>
std::uint32_t target_of(const T* x, std::size_t classes, std::size_t row) {
  std::size_t target = (row * 7919 + classes / 2) % classes;
  while (std::isinf(x[target])) target = (target + 1) % classes;
  return static_cast<std::uint32_t>(target);
}

// A relative error of a few ULP for each exponential, and of the sum: lanes and accumulators add at
// most V / 16 terms in a chain, whose rounding errors grow with the square root of that number.
template <class T>
double tolerance_of(std::size_t classes) {
  return (8 + std::sqrt(static_cast<double>(classes) / 16)) *
         static_cast<double>(std::numeric_limits<T>::epsilon());
}

template <class T>
void check(const Logits& c, const std::string& where) {
  const std::size_t stride = c.classes + kPad;
  const std::vector<T> x = logits_of<T>(c, c.classes);
  std::vector<std::uint32_t> targets(kRows);
  for (std::size_t r = 0; r < kRows; ++r) targets[r] = target_of(&x[r * stride], c.classes, r);
  const std::vector<T> weights = {T(1), T(0.5), T(3)};
  double losses[kRows], forward_only[kRows];
  std::vector<T> gradient = x, apart(x.size(), T(99)), softmaxed = x;
  SoftmaxLoss<T> call{.rows = kRows,
                      .classes = c.classes,
                      .logits = x.data(),
                      .logits_stride = stride,
                      .targets = targets.data(),
                      .weights = weights.data(),
                      .scale = 0.25,
                      .losses = forward_only};
  softmax_loss(call);
  call.losses = losses, call.gradient = apart.data(), call.gradient_stride = stride;
  softmax_loss(call);
  call.logits = call.gradient = gradient.data();
  softmax_loss(call);
  EXPECT_EQ(gradient, apart) << where << ": in place and not";
  softmax(kRows, c.classes, softmaxed.data(), stride);
  const double tolerance = tolerance_of<T>(c.classes);
  for (std::size_t r = 0; r < kRows; ++r) {
    const auto wanted = log_softmax_oracle(&x[r * stride], c.classes);
    EXPECT_EQ(losses[r], forward_only[r]) << where;
    const double loss = static_cast<double>(-wanted[targets[r]]);
    ASSERT_NEAR(losses[r], loss, tolerance * (1 + loss)) << where << " row " << r;
    for (std::size_t v = 0; v < stride; ++v) {
      const std::size_t i = r * stride + v;
      if (v >= c.classes) {
        ASSERT_TRUE(gradient[i] == 99 && softmaxed[i] == 99) << where;
        continue;
      }
      const double p = static_cast<double>(std::exp(wanted[v]));
      // The spacing of numbers near x - max, which is rounded before the exponential.
      const double log_p = static_cast<double>(wanted[v]);
      const double rounding = std::numeric_limits<T>::epsilon() * std::min(-log_p, 200.);
      // Below the smallest normal number results may be zero.
      const double small = 2 * static_cast<double>(std::numeric_limits<T>::min());
      ASSERT_NEAR(softmaxed[i], p, p * (tolerance + rounding) + small) << where << " class " << v;
      const double scale = 0.25 * static_cast<double>(weights[r]), hot = v == targets[r] ? 1 : 0;
      ASSERT_NEAR(gradient[i], scale * (p - hot),
                  scale * ((p + hot) * (tolerance + rounding) + small))
          << where << " class " << v;
    }
  }
}

class Softmax : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { set_target(GetParam()); }
};

TEST_P(Softmax, AgreesWithLongDouble) {
  for (const Logits& c : kLogits) {
    const std::string where = GetParam() + " V=" + std::to_string(c.classes);
    check<float>(c, "float " + where);
    check<double>(c, "double " + where);
  }
}

template <class T>
double loss_of(std::vector<T> x, std::uint32_t target, std::vector<T>* gradient = nullptr) {
  double loss;
  SoftmaxLoss<T> call{
      .rows = 1, .classes = x.size(), .logits = x.data(), .targets = &target, .losses = &loss};
  if (gradient != nullptr) {
    gradient->resize(x.size());
    call.gradient = gradient->data();
  }
  softmax_loss(call);
  return loss;
}

template <class T>
void check_special() {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  for (const std::size_t classes : {1u, 2u, 15u, 16u, 70u, 9001u}) {
    for (const std::size_t at : {std::size_t{0}, classes / 2, classes - 1}) {
      std::vector<T> x(classes, T(1)), gradient;
      x[at] = nan;
      EXPECT_TRUE(std::isnan(loss_of(x, 0))) << classes << " NaN at " << at;
      x[at] = inf;
      EXPECT_TRUE(std::isnan(loss_of(x, 0))) << classes;
      if (classes == 1) continue;
      // The target cannot be: its loss is infinite, and the gradient still exact.
      x[at] = -inf;
      EXPECT_EQ(loss_of(x, static_cast<std::uint32_t>(at), &gradient),
                std::numeric_limits<double>::infinity());
      EXPECT_EQ(gradient[at], T(-1));
      EXPECT_NEAR(gradient[at == 0 ? 1 : 0], 1. / static_cast<double>(classes - 1), 1e-6);
    }
    EXPECT_TRUE(std::isnan(loss_of(std::vector<T>(classes, -inf), 0)));
  }
  // Whole blocks of -infinity beside finite logits.
  std::vector<T> x(30000, -inf), gradient;
  x[5] = x[15000] = T(-1e4);
  EXPECT_NEAR(loss_of(x, 15000, &gradient), std::log(2.), 1e-7);
  EXPECT_EQ(gradient[5], T(0.5));
  EXPECT_EQ(gradient[15000], T(-0.5));
  EXPECT_EQ(gradient[29999], T(0));
  EXPECT_EQ(loss_of<T>({T(-1e4)}, 0, &gradient), 0);
  EXPECT_EQ(gradient, std::vector<T>{T(0)});
}

TEST_P(Softmax, SpecialValues) {
  check_special<float>();
  check_special<double>();
}

TEST_P(Softmax, RowsOfWeightZeroAreNotLookedAt) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {nan, nan, 0, 0}, weights = {0, 2};
  const std::vector<std::uint32_t> targets = {77, 1};
  std::vector<float> gradient(4, 9.f);
  double losses[2];
  softmax_loss<float>({.rows = 2,
                       .classes = 2,
                       .logits = x.data(),
                       .logits_stride = 2,
                       .targets = targets.data(),
                       .weights = weights.data(),
                       .losses = losses,
                       .gradient = gradient.data(),
                       .gradient_stride = 2});
  EXPECT_EQ(losses[0], 0);
  EXPECT_NEAR(losses[1], std::log(2.), 1e-7);
  EXPECT_EQ(gradient, (std::vector<float>{0, 0, 1, -1}));
}

// Where a row stands, and in whose company, changes no bit.
TEST_P(Softmax, RowsAreIndependent) {
  const Logits c{10007, 9, false};
  const std::vector<float> x = logits_of<float>(c, 3);
  const std::size_t stride = c.classes + kPad;
  const std::vector<std::uint32_t> targets = {1, 5000, 10006};
  double together[kRows], alone;
  softmax_loss<float>({.rows = kRows,
                       .classes = c.classes,
                       .logits = x.data(),
                       .logits_stride = stride,
                       .targets = targets.data(),
                       .losses = together});
  for (std::size_t r = 0; r < kRows; ++r) {
    std::vector<float> shifted(c.classes + r + 1);
    std::copy_n(&x[r * stride], c.classes, &shifted[r + 1]);
    softmax_loss<float>({.rows = 1,
                         .classes = c.classes,
                         .logits = &shifted[r + 1],
                         .targets = &targets[r],
                         .losses = &alone});
    EXPECT_EQ(alone, together[r]);
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Softmax, testing::ValuesIn(target_names()));

}  // namespace
}  // namespace unroll::kernels
