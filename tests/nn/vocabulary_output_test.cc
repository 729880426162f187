// The output layer over a vocabulary against plain loops in long double: loss, logits and all
// gradients, for vocabularies that are one slice, several, and several parts, on every instruction
// set.

#include "nn/vocabulary_output.h"
#include "nn/packed_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/bf16_testing.h"
#include "kernels/targets.h"
#include "nn/packed_matrix.h"
#include "nn/random_fill.h"
#include "unroll/core/arena.h"

namespace unroll {
namespace {

constexpr double kScale = 0.375;

struct Size {
  std::size_t vocabulary, rows, hidden;
  std::string text() const {
    return " V=" + std::to_string(vocabulary) + " R=" + std::to_string(rows) +
           " H=" + std::to_string(hidden);
  }
};

// A sum and that of the magnitudes of its terms.
struct Sums {
  explicit Sums(std::size_t size) : value(size), magnitude(size) {}
  void add(std::size_t i, double factor, double magnitude_of_factor, double other) {
    value[i] += static_cast<long double>(factor) * other;
    magnitude[i] += magnitude_of_factor * std::fabs(other);
  }
  std::vector<long double> value;
  std::vector<double> magnitude;
};

// Numbers that a float holds, or bf16 where products take that, for both types, and what follows
// from them.
struct Oracle {
  Oracle(const Size& of, double range, Precision products = Precision::kFull)
      : size(of),
        precision(products),
        w(of.vocabulary * of.hidden),
        b(of.vocabulary),
        h(of.rows * of.hidden),
        logits(of.rows * of.vocabulary),
        dw(w.size()),
        db(b.size()),
        dh(h.size()) {
    fill_random(w, 1, range);
    fill_random(b, 2, range);
    fill_random(h, 3, 1);
    if (precision == Precision::kBf16) {
      for (float& value : w) value = kernels::nearest_bf16(value);
      for (float& value : h) value = kernels::nearest_bf16(value);
    }
    for (std::size_t r = 0; r < size.rows; ++r) {
      // The first and the last token, and the same one more than once.
      const std::size_t tokens[] = {0, size.vocabulary - 1, r * 7919 / 2};
      targets.push_back(static_cast<std::uint32_t>(tokens[r % 3] % size.vocabulary));
      add_row(r);
    }
  }

  void add_row(std::size_t r) {
    const std::size_t V = size.vocabulary, H = size.hidden;
    const float* row = h.data() + r * H;
    double* z = logits.data() + r * V;
    double max = -std::numeric_limits<double>::infinity();
    for (std::size_t v = 0; v < V; ++v) {
      double sum = b[v], terms = std::fabs(b[v]);
      for (std::size_t i = 0; i < H; ++i) {
        const double product = double{w[v * H + i]} * double{row[i]};
        sum += product;
        terms += std::fabs(product);
      }
      z[v] = sum;
      magnitude = std::max(magnitude, terms);
      max = std::max(max, sum);
    }
    long double sum = 0;
    for (std::size_t v = 0; v < V; ++v) sum += std::exp(z[v] - max);
    loss += max + std::log(sum) - z[targets[r]];
    for (std::size_t v = 0; v < V; ++v) {
      const double p = static_cast<double>(std::exp(z[v] - max) / sum);
      const double hot = v == targets[r] ? 1 : 0, d = kScale * (p - hot), m = kScale * (p + hot);
      for (std::size_t i = 0; i < H; ++i) {
        dw.add(v * H + i, d, m, row[i]);
        dh.add(r * H + i, d, m, w[v * H + i]);
      }
      db.add(v, d, m, 1);
    }
  }

  Size size;
  Precision precision;
  std::vector<float> w, b, h;
  std::vector<std::uint32_t> targets;
  std::vector<double> logits;
  double magnitude = 0;  // the largest sum of magnitudes in a logit
  long double loss = 0;
  Sums dw, db, dh;
};

template <class T>
struct Output {
  Output(const Oracle& of, std::size_t most_rows)
      : size(of.size),
        weight("w", {size.vocabulary, size.hidden}),
        bias("b", {size.vocabulary}),
        h(of.h.begin(), of.h.end()),
        dh(h.size(), std::numeric_limits<T>::quiet_NaN()),
        output(weight, bias, of.precision) {
    std::copy(of.w.begin(), of.w.end(), weight.edit().begin());
    std::copy(of.b.begin(), of.b.end(), bias.edit().begin());
    weight.make_gradient();
    bias.make_gradient();
    // What was there must not matter.
    weight.gradient.fill(std::numeric_limits<T>::quiet_NaN());
    bias.gradient.fill(std::numeric_limits<T>::quiet_NaN());
    workspace.build([&](Arena& arena) { output.layout(arena, most_rows); });
  }
  double loss(const Oracle& of, int threads) {
    return output.loss(ThreadTeam(threads), size.rows, h.data(), of.targets.data(),
                       mask.empty() ? nullptr : mask.data());
  }
  double loss_and_gradient(const Oracle& of, int threads) {
    return output.loss_and_gradient(
        ThreadTeam(threads), size.rows, h.data(), of.targets.data(),
        mask.empty() ? nullptr : mask.data(), kScale,
        {.weight = weight.gradient.data(), .bias = bias.gradient.data(), .h = dh.data()});
  }

  Size size;
  Parameter<T> weight, bias;
  std::vector<T> h, dh;
  std::vector<float> mask;  // none: 1
  VocabularyOutput<T> output;
  Workspace workspace;
};

template <class Array>
void expect_sums(const Array& got, const Sums& wanted, double relative, const std::string& what) {
  ASSERT_EQ(got.size(), wanted.value.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double bound = relative * wanted.magnitude[i] + 1e-37;  // float has no smaller numbers
    ASSERT_NEAR(got[i], static_cast<double>(wanted.value[i]), bound) << what << "[" << i << "]";
  }
}

// Two results of H products and a bias, each within (H + 2) / 2 roundings of M, the sum of the
// magnitudes. The loss moves by no more than the logits do, and by what a sum of exponentials of
// x - max (within 2M, rounded) is off: 2 ULP each and chains of a quarter of a slice (385 at most).
// The same error, relative, is in p, hence in every term of the gradients' sums; they are chains of
// R terms (dW, db) and of the longest part of the vocabulary (dh).
template <class T>
void check(const Oracle& oracle, std::size_t most_rows, const std::string& where) {
  const double epsilon = std::numeric_limits<T>::epsilon();
  const Size& size = oracle.size;
  const std::string what = (sizeof(T) == 4 ? "float " : "double ") + where + size.text();
  const auto count = [](std::size_t n) { return static_cast<double>(n); };
  const double logit = (count(size.hidden) + 2) * epsilon * oracle.magnitude;
  const double chain = std::min(count(size.vocabulary), 385.) / 4;
  const double relative = 2 * logit + epsilon * (2 * oracle.magnitude + chain / 2 + 12);
  // d(logits) is rounded to bf16 before it is multiplied.
  const double rounding = oracle.precision == Precision::kBf16 ? 1.0 / 256 : 0;
  const double rows = relative + epsilon * (count(size.rows) / 2 + 4);
  const double part = std::max(count(size.vocabulary) / 8 + 1, 192.);
  const double tokens = relative + epsilon * (std::min(part, count(size.vocabulary)) / 2 + 8);

  Output<T> output(oracle, most_rows);
  const double loss = output.loss(oracle, 1);
  ASSERT_NEAR(loss, static_cast<double>(oracle.loss), relative * count(size.rows)) << what;
  ASSERT_EQ(output.loss_and_gradient(oracle, 1), loss) << what;
  expect_sums(output.weight.gradient, oracle.dw, rows + rounding, what + " dW");
  expect_sums(output.bias.gradient, oracle.db, rows, what + " db");
  expect_sums(output.dh, oracle.dh, tokens + rounding, what + " dh");

  // What a pass over packed weights computes logits with.
  const auto products_of = [&](int threads) {
    std::vector<T> products(oracle.logits.size());
    PackedMatrix<T>(ThreadTeam(threads), output.weight, oracle.precision)
        .multiply(ThreadTeam(threads), size.rows, output.h.data(), {}, products.data());
    return products;
  };
  const std::vector<T> products = products_of(1);
  for (std::size_t i = 0; i < products.size(); ++i) {
    const T bias = output.bias.value()[i % size.vocabulary];
    ASSERT_NEAR(products[i] + bias, oracle.logits[i], logit) << what << " logits[" << i << "]";
  }

  Output<T> shared(oracle, most_rows);
  ASSERT_EQ(shared.loss(oracle, 3), loss) << what;
  ASSERT_EQ(shared.loss_and_gradient(oracle, 3), loss) << what;
  const auto same = [](const auto& one, const auto& other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end());
  };
  ASSERT_TRUE(same(output.weight.gradient, shared.weight.gradient)) << what << " dW";
  ASSERT_TRUE(same(output.bias.gradient, shared.bias.gradient)) << what << " db";
  ASSERT_TRUE(same(output.dh, shared.dh)) << what << " dh";
  ASSERT_EQ(products_of(3), products) << what;
}

// The best instruction set takes all sizes; the others share them.
TEST(VocabularyOutput, AgreesWithLoops) {
  const std::vector<std::string> targets = kernels::target_names();
  std::size_t turn = 0;
  for (const std::size_t vocabulary :
       {1u, 2u, 47u, 95u, 96u, 97u, 383u, 384u, 400u, 1000u, 3100u}) {
    for (const std::size_t hidden : {1u, 7u, 16u, 33u}) {
      for (const std::size_t rows : {1u, 2u, 15u, 16u, 17u, 50u, 70u}) {
        const Oracle oracle({vocabulary, rows, hidden}, 1);
        ++turn;
        for (std::size_t t = 0; t < targets.size(); ++t) {
          if (t > 0 && turn % 3 != t % 3) continue;
          kernels::set_target(targets[t]);
          ASSERT_EQ(kernels::target_name(), targets[t]);
          ASSERT_NO_FATAL_FAILURE(check<float>(oracle, 70, targets[t]));
          ASSERT_NO_FATAL_FAILURE(check<double>(oracle, 70, targets[t]));
        }
      }
    }
  }
}

// In bf16 the logits and the loss are those of float where W and h are bf16 already.
TEST(VocabularyOutput, InBf16AgreesWithLoops) {
  std::size_t turn = 0;
  for (const std::size_t vocabulary : {1u, 2u, 47u, 97u, 383u, 400u, 1000u, 3100u}) {
    for (const std::size_t hidden : {1u, 7u, 16u, 33u}) {
      for (const std::size_t rows : {1u, 2u, 15u, 17u, 50u, 70u}) {
        const Oracle oracle({vocabulary, rows, hidden}, 1, Precision::kBf16);
        std::size_t place = ++turn;
        kernels::on_all_bf16_targets([&](const std::string& target) {
          if (place++ % 3 == 0) check<float>(oracle, 70, target + " bf16");
        });
        if (HasFatalFailure()) return;
      }
    }
  }
  for (const Size& size : {Size{130'000, 70, 2}, Size{3072, 112, 180}, Size{300, 40, 1700}}) {
    const Oracle oracle(size, 0.5, Precision::kBf16);
    kernels::on_all_bf16_targets(
        [&](const std::string& target) { check<float>(oracle, size.rows, target + " bf16"); });
    if (HasFatalFailure()) return;
  }
}

// Several blocks of positions; and columns of W so far apart that they are copied together, with
// enough positions for the threads to share the sum of the parts.
TEST(VocabularyOutput, LargeSizesAgreeWithLoops) {
  for (const Size& size : {Size{130'000, 70, 2}, Size{3072, 112, 180}}) {
    const Oracle oracle(size, 0.5);
    for (const std::string& target : kernels::target_names()) {
      kernels::set_target(target);
      ASSERT_NO_FATAL_FAILURE(check<float>(oracle, size.rows, target));
    }
    kernels::set_target(kernels::target_names().front());
    ASSERT_NO_FATAL_FAILURE(check<double>(oracle, size.rows, "best"));
  }
}

// A target of mask 0 is left out, one of mask 2 counts twice.
TEST(VocabularyOutput, TargetsAreMasked) {
  const Size size{400, 30, 16};
  const Oracle oracle(size, 1);
  Output<double> masked(oracle, 30), repeated(oracle, 30);
  masked.mask.assign(30, 1);
  std::vector<double> h;
  std::vector<std::uint32_t> targets;
  for (std::size_t r = 0; r < size.rows; ++r) {
    masked.mask[r] = static_cast<float>(r % 3);
    for (std::size_t copy = 0; copy < r % 3; ++copy) {
      h.insert(h.end(), &repeated.h[r * 16], &repeated.h[r * 16] + 16);
      targets.push_back(oracle.targets[r]);
    }
  }
  ASSERT_EQ(targets.size(), size.rows);
  repeated.h = h;
  Oracle other = oracle;
  other.targets = targets;
  const double loss = masked.loss(oracle, 1);
  EXPECT_NEAR(loss, repeated.loss(other, 1), 1e-10 * loss);
  EXPECT_EQ(masked.loss_and_gradient(oracle, 1), loss);
  repeated.loss_and_gradient(other, 1);
  for (std::size_t i = 0; i < masked.weight.size(); ++i) {
    ASSERT_NEAR(masked.weight.gradient[i], repeated.weight.gradient[i], 1e-12) << i;
  }
  for (std::size_t i = 0; i < masked.bias.size(); ++i) {
    ASSERT_NEAR(masked.bias.gradient[i], repeated.bias.gradient[i], 1e-12) << i;
  }
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(masked.dh[i], 0);                                          // row 0 is left out,
    EXPECT_NEAR(masked.dh[2 * 16 + i], 2 * repeated.dh[16 + i], 1e-12);  // row 2 stands twice
  }
}

TEST(VocabularyOutput, NoRowsHaveNoGradient) {
  const Oracle oracle({50, 0, 4}, 1);
  Output<float> output(oracle, 1);
  EXPECT_EQ(output.loss_and_gradient(oracle, 1), 0);
  for (const float value : output.weight.gradient) EXPECT_EQ(value, 0);
  for (const float value : output.bias.gradient) EXPECT_EQ(value, 0);
}

// h W^T of ±1e30 in a vocabulary of several parts: the softmax is 1 for one token.
template <class T>
void check_huge(const std::string& where) {
  const Size size{1000, 5, 3};
  Oracle oracle(size, 1);
  std::fill(oracle.w.begin(), oracle.w.end(), -1e15f);
  std::fill_n(oracle.w.begin() + 700 * 3, 3, 1e15f);
  std::fill(oracle.h.begin(), oracle.h.end(), 1e15f);
  oracle.targets = {700, 0, 999, 700, 123};
  Output<T> output(oracle, size.rows);
  const double loss = output.loss(oracle, 1);
  EXPECT_NEAR(loss, 3 * 6e30, 6e30 * 1e-6) << where;
  EXPECT_EQ(output.loss_and_gradient(oracle, 1), loss) << where;
  for (const T value : output.weight.gradient) ASSERT_TRUE(std::isfinite(value)) << where;
  for (const T value : output.dh) ASSERT_TRUE(std::isfinite(value)) << where;
  for (std::size_t v = 0; v < size.vocabulary; ++v) {
    // p - onehot, summed over the rows
    const double wanted = v == 700 ? 3 : v == 0 || v == 123 || v == 999 ? -1 : 0;
    ASSERT_EQ(output.bias.gradient[v], static_cast<T>(kScale * wanted)) << where << " " << v;
  }
}

template <class T>
void check_nan(const std::string& where) {
  const Size size{1000, 20, 3};
  for (const std::size_t row : {0u, 7u, 19u}) {
    Oracle oracle(size, 1);
    const Oracle clean = oracle;
    oracle.h[row * 3 + 1] = std::numeric_limits<float>::quiet_NaN();
    Output<T> output(oracle, size.rows), without(clean, size.rows);
    EXPECT_TRUE(std::isnan(output.loss(oracle, 1))) << where << " row " << row;
    EXPECT_TRUE(std::isnan(output.loss_and_gradient(oracle, 1))) << where << " row " << row;
    without.loss_and_gradient(clean, 1);
    for (std::size_t i = 0; i < output.dh.size(); ++i) {
      if (i / 3 == row) {
        ASSERT_TRUE(std::isnan(output.dh[i])) << where;
      } else {
        ASSERT_EQ(output.dh[i], without.dh[i]) << where << ": the other rows do not notice";
      }
    }
    EXPECT_TRUE(std::isnan(output.bias.gradient[500])) << where;
  }
  // In a token that is nobody's target.
  for (const std::size_t token : {1u, 501u, 998u}) {
    Oracle oracle(size, 1);
    ASSERT_EQ(std::count(oracle.targets.begin(), oracle.targets.end(), token), 0);
    oracle.w[token * 3] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(Output<T>(oracle, size.rows).loss(oracle, 1))) << where << " " << token;
  }
}

TEST(VocabularyOutput, HugeLogitsStayFiniteAndNanIsSeen) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    check_huge<float>("float " + target);
    check_huge<double>("double " + target);
    check_nan<float>("float " + target);
    check_nan<double>("double " + target);
  }
}

}  // namespace
}  // namespace unroll
