#include "unroll/nn/initialization.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::size_t kInputs = 30, kHidden = 50, kRows = 400;

// An embedding (V, 30), an LSTM of two layers in both directions, and a linear layer.
template <class T>
struct Model {
  explicit Model(Bias bias = Bias::kTwo, const CellOptions& cell = {})
      : recurrence({.cell = cell,
                    .input_size = kInputs,
                    .hidden_size = kHidden,
                    .layers = 2,
                    .bidirectional = true,
                    .bias = bias}) {
    list.push_back({.parameter = &embedding, .role = Role::kEmbedding});
    for (const auto& p : initial_parameters(recurrence)) list.push_back(p);
    for (const auto& p : initial_parameters(linear)) list.push_back(p);
  }
  Parameter<T> embedding{"embedding.weight", {kRows, kInputs}};
  Recurrence<T> recurrence;
  Linear<T> linear{{.input_size = 2 * kHidden, .output_size = 70}};
  std::vector<InitialParameter<T>> list;
};

struct Moments {
  double mean = 0, deviation = 0, largest = 0;
};

template <class T>
Moments moments(const Tensor<T>& value) {
  Moments m;
  for (const T x : value) {
    m.mean += x, m.deviation += double{x} * x,
        m.largest = std::max(m.largest, std::fabs(double{x}));
  }
  const double n = static_cast<double>(value.size());
  m.mean /= n;
  m.deviation = std::sqrt(m.deviation / n);
  return m;
}

// U(±range): the largest comes near the range, the deviation is range / √3.
void expect_uniform(const Parameter<double>& p, double range) {
  const Moments m = moments(p.value());
  const double n = static_cast<double>(p.size());
  EXPECT_LE(m.largest, range) << p.name();
  EXPECT_GT(m.largest, range * (1 - 10 / n)) << p.name();
  EXPECT_NEAR(m.mean, 0, 5 * range / std::sqrt(3 * n)) << p.name();
  EXPECT_NEAR(m.deviation, range / std::sqrt(3.), 5 * range / std::sqrt(n)) << p.name();
}
void expect_normal(const Parameter<double>& p, double deviation) {
  const Moments m = moments(p.value());
  const double n = static_cast<double>(p.size());
  EXPECT_NEAR(m.mean, 0, 5 * deviation / std::sqrt(n)) << p.name();
  EXPECT_NEAR(m.deviation, deviation, 5 * deviation / std::sqrt(2 * n)) << p.name();
  EXPECT_GT(m.largest, 2.5 * deviation) << p.name();
}

bool contains(const Parameter<double>& p, const char* text) {
  return p.name().find(text) != std::string::npos;
}

TEST(Initialization, TorchScheme) {
  Model<double> model;
  initialize(model.list, {.scheme = Initialization::kTorch, .seed = 3});
  expect_normal(model.embedding, 1);
  for (const Parameter<double>* p : model.recurrence.parameters()) {
    expect_uniform(*p, 1 / std::sqrt(50.));
  }
  for (const Parameter<double>* p : model.linear.parameters()) {
    expect_uniform(*p, 1 / std::sqrt(100.));
  }
}

TEST(Initialization, UniformScheme) {
  Model<double> model;
  initialize(model.list, {.scheme = Initialization::kUniform, .range = 0.04});
  for (const auto& p : model.list) expect_uniform(*p.parameter, 0.04);
}

TEST(Initialization, FanInScheme) {
  Model<double> model;
  initialize(model.list, {.scheme = Initialization::kFanIn});
  expect_normal(model.embedding, 0.01);
  for (const auto& entry : model.list) {
    const Parameter<double>& p = *entry.parameter;
    if (contains(p, "bias")) {
      EXPECT_EQ(moments(p.value()).largest, 0) << p.name();
    } else if (contains(p, "weight_ih_l0")) {
      expect_normal(p, 1 / std::sqrt(30.));
    } else if (contains(p, "weight_ih_l1") || contains(p, "linear")) {
      expect_normal(p, 1 / std::sqrt(100.));
    } else if (contains(p, "weight_hh")) {
      expect_normal(p, 1 / std::sqrt(50.));
    }
  }
}

// The forget gate is the second: rows H … 2H of bias_ih, in every layer and direction.
TEST(Initialization, ForgetBias) {
  for (const Bias bias : {Bias::kOne, Bias::kTwo}) {
    Model<double> plain(bias), biased(bias);
    initialize(plain.list, {.seed = 9});
    initialize(biased.list, {.forget_bias = 1.5, .seed = 9});
    for (std::size_t i = 0; i < plain.list.size(); ++i) {
      const Parameter<double>&p = *plain.list[i].parameter, &q = *biased.list[i].parameter;
      for (std::size_t e = 0; e < p.size(); ++e) {
        const bool forget = contains(p, "bias_ih") && e >= kHidden && e < 2 * kHidden;
        ASSERT_EQ(q.value()[e], p.value()[e] + (forget ? 1.5 : 0)) << p.name() << " " << e;
      }
    }
  }
}

TEST(Initialization, WhatIsNotTrainableIsZero) {
  Model<double> model(Bias::kOne);
  for (const auto& p : model.list) p.parameter->edit().fill(7);
  initialize(model.list, {.forget_bias = 1});
  for (const auto& p : model.list) {
    EXPECT_EQ(moments(p.parameter->value()).largest == 0, contains(*p.parameter, "bias_hh"))
        << p.parameter->name();
  }
}

TEST(Initialization, FloatIsDoubleRounded) {
  for (const std::string& name : initialization_names()) {
    Model<double> wide;
    Model<float> narrow;
    const InitializationOptions options{.scheme = parse_initialization(name), .seed = 4};
    initialize(wide.list, options);
    initialize(narrow.list, options);
    for (std::size_t i = 0; i < wide.list.size(); ++i) {
      for (std::size_t e = 0; e < wide.list[i].parameter->size(); ++e) {
        ASSERT_EQ(narrow.list[i].parameter->value()[e],
                  static_cast<float>(wide.list[i].parameter->value()[e]));
      }
    }
  }
}

// The same seed gives the same values; another seed or another place in the list gives others.
TEST(Initialization, DrawsAreAFunctionOfSeedAndPlace) {
  Model<double> a, b;
  initialize(a.list, {.seed = 1});
  const std::uint64_t version = b.embedding.version();
  initialize(b.list, {.seed = 1});
  EXPECT_GT(b.embedding.version(), version);
  EXPECT_EQ(a.embedding.value()[5], b.embedding.value()[5]);
  initialize(b.list, {.seed = 2});
  EXPECT_NE(a.embedding.value()[5], b.embedding.value()[5]);
  const auto values = a.recurrence.parameters();
  EXPECT_NE(values[2]->value()[0], values[3]->value()[0]);
}

template <class Function>
std::string message_of(const Function& function) {
  try {
    function();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(Initialization, RefusesBadOptions) {
  Model<double> model, gru(Bias::kTwo, {.name = "gru"}), no_bias(Bias::kNone);
  EXPECT_EQ(
      message_of([&] { initialize(model.list, {.scheme = Initialization::kUniform, .range = 0}); }),
      "the range of the initial values is 0.000000; wanted a positive number");
  const std::string wanted =
      "forget_bias is 1.000000, but no parameter is the bias of a forget gate; leave it at 0";
  EXPECT_EQ(message_of([&] { initialize(gru.list, {.forget_bias = 1}); }), wanted);
  EXPECT_EQ(message_of([&] { initialize(no_bias.list, {.forget_bias = 1}); }), wanted);
  EXPECT_EQ(message_of([] { parse_initialization("uniforn"); }),
            "unknown initialization 'uniforn'; did you mean 'uniform'? Known: torch, uniform, "
            "fan_in");
}

}  // namespace
}  // namespace unroll
