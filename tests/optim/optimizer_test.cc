#include "unroll/optim/optimizer.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/range.h"
#include "optim/helpers.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

// Several blocks of 16384 elements; p2 is sparse.
template <class T>
Model<T> large_model() {
  Model<T> model{{37}, {200, 211}, {300, 97}, {5}};
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < 299; row += 1 + row % 2) rows.push_back(row);
  model.make_sparse(2, rows);
  return model;
}

template <class T>
void train(Model<T>& model, Optimizer<T>& optimizer, std::uint64_t from, std::uint64_t to,
           int threads) {
  for (std::uint64_t update = from; update < to; ++update) {
    model.randomize_gradients(update);
    optimizer.step(0.01, 0.9, ThreadTeam(threads));
  }
}

template <class T>
void check_threads(const std::string& name) {
  Model<T> one = large_model<T>();
  Optimizer<T> optimizer({.name = name}, one.parameters);
  train(one, optimizer, 0, 3, 1);
  for (const int threads : {2, 3}) {
    Model<T> other = large_model<T>();
    Optimizer<T> other_optimizer({.name = name}, other.parameters);
    train(other, other_optimizer, 0, 3, threads);
    for (std::size_t i = 0; i < 4; ++i) expect_same(one[i].value(), other[i].value(), name);
  }
}

TEST(Optimizer, SameBitsForAnyNumberOfThreads) {
  for (const std::string& name : optimizer_names()) {
    check_threads<float>(name);
    check_threads<double>(name);
  }
}

TEST(Optimizer, RestoredStateGoesOnWithTheSameBits) {
  std::vector<OptimizerOptions> all;
  for (const std::string& name : optimizer_names()) all.push_back({.name = name});
  all.push_back({.name = "rmsprop", .momentum = 0.5});
  for (const OptimizerOptions& options : all) {
    Model<float> whole = large_model<float>(), cut = large_model<float>();
    Optimizer<float> optimizer(options, whole.parameters);
    train(whole, optimizer, 0, 6, 1);

    Optimizer<float> first(options, cut.parameters);
    train(cut, first, 0, 3, 1);
    Optimizer<float> second(options, cut.parameters);
    second.restore(first.state());
    EXPECT_EQ(second.updates(), 3u);
    train(cut, second, 3, 6, 1);
    for (std::size_t i = 0; i < 4; ++i) {
      expect_same(whole[i].value(), cut[i].value(), options.name);
    }
    const auto a = optimizer.state(), b = second.state();
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    EXPECT_EQ(a.updates, 6u);
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
      EXPECT_EQ(a.tensors[i].first, b.tensors[i].first);
      expect_same(*a.tensors[i].second, *b.tensors[i].second, a.tensors[i].first);
    }
  }
}

TEST(Optimizer, NamesItsState) {
  Model<double> model{{3}, {2, 2}, {1}};
  model[2].trainable = false;
  const auto names = [&](const OptimizerOptions& options) {
    std::string all;
    Optimizer<double> optimizer(options, model.parameters);
    for (const auto& entry : optimizer.state().tensors) all += entry.first + " ";
    return all;
  };
  EXPECT_EQ(names({.name = "sgd"}), "");
  EXPECT_EQ(names({.name = "adagrad"}), "sum.p0 sum.p1 ");
  EXPECT_EQ(names({.name = "rmsprop"}), "square_avg.p0 square_avg.p1 ");
  EXPECT_EQ(names({.name = "rmsprop", .momentum = 0.5}),
            "square_avg.p0 square_avg.p1 momentum_buffer.p0 momentum_buffer.p1 ");
  EXPECT_EQ(names({.name = "adam"}), "exp_avg.p0 exp_avg.p1 exp_avg_sq.p0 exp_avg_sq.p1 ");
  EXPECT_EQ(names({.name = "rprop"}), "prev.p0 prev.p1 step_size.p0 step_size.p1 ");
}

TEST(Optimizer, RefusesForeignState) {
  Model<float> model{{3}, {2, 2}};
  Optimizer<float> adam({.name = "adam"}, model.parameters), other({}, model.parameters);
  OptimizerState<float> state = adam.state();
  expect_error<ValueError>([&] { other.restore(state); }, {"'sgd'", "'exp_avg.p0'"});
  state.tensors.pop_back();
  state.updates = 7;
  expect_error<ValueError>([&] { adam.restore(state); }, {"lacks", "'exp_avg_sq.p1'"});
  const Tensor<float> wrong({4});
  state.tensors.emplace_back("exp_avg_sq.p1", &wrong);
  expect_error<ShapeError>([&] { adam.restore(state); }, {"exp_avg_sq.p1", "(4)", "(2, 2)"});
  EXPECT_EQ(adam.updates(), 0u);
}

// A sparse gradient that names every row is a dense one.
TEST(Optimizer, SparseWithAllRowsEqualsDense) {
  for (const std::string& name : optimizer_names()) {
    Model<float> dense{{9, 13}}, sparse{{9, 13}};
    sparse.make_sparse(0, {0, 1, 2, 3, 4, 5, 6, 7, 8});
    Optimizer<float> a({.name = name}, dense.parameters), b({.name = name}, sparse.parameters);
    train(dense, a, 0, 4, 1);
    train(sparse, b, 0, 4, 2);
    expect_same(dense[0].value(), sparse[0].value(), name);
  }
}

// Rows that are named follow a model which has only these rows; the others do not change.
TEST(Optimizer, SparseChangesExactlyItsRows) {
  for (const std::string& name : optimizer_names()) {
    Model<float> sparse{{9, 13}}, small{{3, 13}};
    const std::vector<std::uint32_t> rows = {1, 4, 8};
    sparse.make_sparse(0, rows);
    const Tensor<float> before = sparse[0].value();
    for (std::size_t i = 0; i < 3 * 13; ++i) {
      small[0].edit()[i] = before[rows[i / 13] * 13 + i % 13];
    }
    Optimizer<float> a({.name = name}, sparse.parameters), b({.name = name}, small.parameters);
    train(sparse, a, 0, 4, 2);
    train(small, b, 0, 4, 1);
    Tensor<float> wanted = before;
    for (std::size_t i = 0; i < 3 * 13; ++i) {
      wanted[rows[i / 13] * 13 + i % 13] = small[0].value()[i];
    }
    expect_same(sparse[0].value(), wanted, name);
  }
}

// Without state and weight decay the rows that a dense gradient has at zero do not move either.
TEST(Optimizer, SparseSgdEqualsDenseWithZeros) {
  Model<float> sparse{{9, 13}}, dense{{9, 13}};
  sparse.make_sparse(0, {2, 3});
  sparse.randomize_gradients(1);
  for (std::size_t i = 0; i < 26; ++i) dense[0].gradient[26 + i] = sparse[0].gradient[i];
  Optimizer<float> a({}, sparse.parameters), b({}, dense.parameters);
  a.step(0.1, 1, ThreadTeam(1));
  b.step(0.1, 1, ThreadTeam(1));
  expect_same(sparse[0].value(), dense[0].value(), "sgd");
}

TEST(Optimizer, PassesOverWhatIsNotTrainableAndEditsTheRestOnce) {
  Model<float> model{{40}, {7, 3}, {5}};
  model.randomize_gradients(1);
  model.make_sparse(1, {});
  model[2].trainable = false;
  model[2].gradient = Tensor<float>();
  const Tensor<float> frozen = model[2].value();
  Optimizer<float> optimizer({.name = "adam"}, model.parameters);
  std::uint64_t versions[3];
  for (std::size_t i = 0; i < 3; ++i) versions[i] = model[i].version();
  optimizer.step(0.1, 1, ThreadTeam(2));
  EXPECT_EQ(model[0].version(), versions[0] + 1);
  EXPECT_EQ(model[1].version(), versions[1] + 1);
  EXPECT_EQ(model[2].version(), versions[2]);
  expect_same(model[2].value(), frozen, "frozen");

  model[0].trainable = false;  // frozen during the run
  const Tensor<float> value = model[0].value();
  optimizer.step(0.1, 1, ThreadTeam(2));
  expect_same(model[0].value(), value, "frozen later");

  model[2].trainable = true;
  model[2].gradient = Tensor<float>({5});
  expect_error<ValueError>([&] { optimizer.step(0.1, 1, ThreadTeam(1)); }, {"'p2'", "trainable"});
}

TEST(Optimizer, RefusesAStepBeforeItChangesAnything) {
  Model<float> model{{3}, {4}};
  Optimizer<float> optimizer({.name = "adam"}, model.parameters);
  const Tensor<float> before = model[0].value();
  const auto step = [&](double rate, double scale) { optimizer.step(rate, scale, ThreadTeam(1)); };
  expect_error<ValueError>([&] { step(-0.1, 1); }, {"learning_rate is -0.1", "[0, inf)"});
  expect_error<ValueError>([&] { step(kInfinity, 1); }, {"learning_rate"});
  expect_error<ValueError>([&] { step(kNaN, 1); }, {"learning_rate is nan"});
  expect_error<NumericError>([&] { step(0.1, kNaN); }, {"gradient_scale is nan"});
  model[1].gradient = Tensor<float>({2, 2});
  expect_error<ShapeError>([&] { step(0.1, 1); }, {"'p1'", "(2, 2)", "(4)"});
  EXPECT_EQ(optimizer.updates(), 0u);
  expect_same(model[0].value(), before, "value");
}

TEST(OptimizerOptions, AreFilledIn) {
  const OptimizerOptions adamw = complete({.name = "adamw", .beta1 = 0.8});
  EXPECT_EQ(adamw.beta1, 0.8);
  EXPECT_EQ(adamw.beta2, 0.999);
  EXPECT_EQ(adamw.weight_decay, 0.01);
  EXPECT_EQ(adamw.momentum, std::nullopt);
  EXPECT_EQ(complete({.name = "adagrad"}).epsilon, 1e-10);
  EXPECT_EQ(complete({.name = "momentum"}).momentum, 0.9);
  EXPECT_EQ(complete({.name = "rmsprop"}).nesterov, false);
  EXPECT_EQ(complete({.name = "rprop"}).hold_on_sign_change, true);
}

TEST(OptimizerOptions, AreRefusedByName) {
  const auto refused = [](const OptimizerOptions& options, std::vector<std::string> parts) {
    expect_error<ValueError>([&] { complete(options); }, parts);
  };
  refused({.name = "adamm"}, {"'adamm'", "did you mean 'adam'?", "rprop"});
  refused({.name = ""}, {"unknown optimizer"});
  refused({.name = "adam", .momentum = 0.9}, {"'adam'", "no option momentum", "beta1, beta2"});
  refused({.name = "sgd", .nesterov = true}, {"'sgd'", "nesterov"});
  refused({.name = "momentum", .momentum = 1}, {"momentum is 1", "[0, 1)"});
  refused({.weight_decay = -1}, {"weight_decay is -1", "[0, inf)"});
  refused({.weight_decay = kInfinity}, {"weight_decay is inf"});
  refused({.name = "adam", .beta1 = 1}, {"beta1 is 1"});
  refused({.name = "adam", .beta2 = kNaN}, {"beta2 is nan"});
  refused({.name = "adam", .epsilon = 0}, {"epsilon is 0", "(0, inf)"});
  refused({.name = "rmsprop", .decay = 1.5}, {"decay is 1.5"});
  refused({.name = "rmsprop", .nesterov = true}, {"nesterov", "momentum is 0"});
  refused({.name = "rprop", .eta_minus = 1}, {"eta_minus is 1", "(0, 1)"});
  refused({.name = "rprop", .eta_plus = 1}, {"eta_plus is 1", "(1, inf)"});
  refused({.name = "rprop", .step_min = 60}, {"step_min is 60", "step_max, which is 50"});
  Model<float> model{{1}};
  expect_error<ValueError>([&] { Optimizer<float>({}, {&model[0], &model[0]}); }, {"'p0'", "once"});
}

}  // namespace
}  // namespace unroll
