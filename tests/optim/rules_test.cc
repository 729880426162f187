// Every optimizer of the registry, on every instruction set, against its scalar instantiation.

#include <gtest/gtest.h>

#include <set>

#include "kernels/targets.h"
#include "optim/options.h"
#include "optim/registry.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

using optim::Hyper;
using optim::Rule;

// Every rule with its defaults, and the settings that take another path through a formula.
std::vector<OptimizerOptions> settings() {
  std::vector<OptimizerOptions> all;
  for (const std::string& name : optimizer_names()) all.push_back({.name = name});
  all.push_back({.name = "rmsprop", .momentum = 0.8});
  all.push_back({.name = "rmsprop", .momentum = 0.8, .nesterov = true});
  all.push_back({.name = "rprop", .step_max = 0.06, .hold_on_sign_change = false});
  all.push_back({.name = "rprop", .zero_is_sign_change = true});
  return all;
}

// The arrays of an update: value, gradient, state; each with a few elements more at the end.
template <class T>
struct Arrays {
  static constexpr std::size_t kSpare = 16;
  std::vector<std::vector<T>> array;

  Arrays(std::size_t count, std::uint64_t seed) {
    for (std::uint64_t k = 0; k < 2 + optim::kMaxSlots; ++k) {
      const Random random(seed, RandomUse::kCheck, k);
      auto& values = array.emplace_back(count + kSpare);
      for (std::size_t i = 0; i < values.size(); ++i) {
        // State is positive, as a mean square or a step size is; some gradients are zero.
        values[i] = static_cast<T>(random.uniform(i, k < 2 ? -1 : 0.01, 1));
        if (k == 1 && i % 5 == 4) values[i] = 0;
      }
    }
  }
  optim::Slice<T> slice(const Rule& rule, const Hyper& hyper, std::size_t count) {
    optim::Slice<T> slice = {array[0].data(), array[1].data(), {}, count};
    for (std::size_t k = 0; k < rule.slots.size(); ++k) {
      if (rule.slots[k].kept(hyper)) slice.state[k] = array[2 + k].data();
    }
    return slice;
  }
};

template <class T>
void check_against_scalar(const OptimizerOptions& options, const std::string& target) {
  const Rule& rule = optim::find_rule(options);
  Hyper hyper = optim::hyper_of(complete(options));
  hyper.rate = 0.05;
  hyper.gradient_scale = 0.7;
  hyper.correction1 = 0.19;
  hyper.correction2 = 0.002;
  for (std::size_t count = 0; count <= 130; ++count) {
    Arrays<T> simd(count, count), scalar(count, count);
    const Arrays<T> before(count, count);
    for (int update = 0; update < 3; ++update) {
      rule.updates.simd(hyper, simd.slice(rule, hyper, count));
      rule.updates.scalar(hyper, scalar.slice(rule, hyper, count));
      for (std::size_t i = 0; i < count; ++i) simd.array[1][i] *= -1, scalar.array[1][i] *= -1;
    }
    // No formula has an operation that may round differently, so the bits are the same.
    ASSERT_EQ(simd.array, scalar.array) << options.name << ", " << count << " on " << target;
    if (count > 0) {
      ASSERT_NE(simd.array[0], before.array[0]) << options.name;
    }
    for (std::size_t k = 0; k < simd.array.size(); ++k) {
      for (std::size_t i = count; i < simd.array[k].size(); ++i) {
        ASSERT_EQ(simd.array[k][i], before.array[k][i]) << options.name << " wrote past its end";
      }
    }
  }
}

TEST(Rules, SimdEqualsScalar) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    for (const OptimizerOptions& options : settings()) {
      check_against_scalar<float>(options, target);
      check_against_scalar<double>(options, target);
    }
  }
}

TEST(Rules, AreNamedOnceAndComplete) {
  std::set<std::string_view> names;
  for (const Rule* rule : optim::rules()) {
    EXPECT_TRUE(names.insert(rule->name).second) << rule->name;
    EXPECT_LE(rule->slots.size(), optim::kMaxSlots);
    EXPECT_NO_THROW(complete({.name = std::string(rule->name)})) << rule->name;
  }
  EXPECT_EQ(names.size(), 8u);
}

}  // namespace
}  // namespace unroll
