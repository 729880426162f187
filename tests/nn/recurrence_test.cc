// The engine against the reference of plain loops: every cell, on every instruction set, over odd
// sizes, layers, directions, lengths and thread counts.

#include "unroll/nn/recurrence_pass.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/targets.h"
#include "nn/expect_near.h"
#include "nn/random_fill.h"
#include "nn/recurrence_problem.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

struct Case {
  std::size_t steps, inputs, hidden, layers;
  bool bidirectional;
  std::vector<std::size_t> lengths;
  Bias bias = Bias::kTwo;
};

const Case kCases[] = {
    {1, 1, 1, 1, false, {1}},
    {3, 2, 3, 1, false, {3, 3}},
    {5, 7, 15, 2, false, {5, 5, 5}},
    {4, 3, 16, 1, true, {4, 2, 0, 3, 4}},
    {6, 5, 17, 2, true, {0, 6, 1, 3, 6, 2, 5}},
    {3, 33, 31, 3, false, {1, 3, 2}, Bias::kOne},
    {2, 4, 65, 1, true, {2, 1, 2, 2, 0, 1, 2, 2, 1, 2, 2, 2, 2}, Bias::kNone},
    {2, 3, 130, 1, false, {2, 1}},
    {3, 2, 48, 1, true, {3, 2}},  // on AVX2 the gates of three blocks of units fill panels
    {3, 2, 5, 2, true, {0, 0}},
};

template <class T>
RecurrenceOptions options_of(const Case& c, const CellOptions& cell) {
  return {.cell = cell,
          .input_size = c.inputs,
          .hidden_size = c.hidden,
          .layers = c.layers,
          .bidirectional = c.bidirectional,
          .bias = c.bias};
}

template <class T>
struct Inputs {
  Inputs(const Case& c, const RecurrenceOptions& options, const Recurrence<T>& recurrence) {
    const std::size_t batch = c.lengths.size();
    x.resize(c.steps * batch * options.input_size);
    dy.resize(c.steps * batch * recurrence.output_size());
    initial = recurrence.zero_states(batch);
    d_final = recurrence.zero_states(batch);
    fill_random(x, 100);
    fill_random(dy, 101);
    fill_random_states(initial, 102);
    fill_random_states(d_final, 110);
  }
  std::vector<T> x, dy;
  States<T> initial, d_final;
};

template <class T>
RecurrenceResults<T> run(Recurrence<T>& recurrence, const Case& c, const Inputs<T>& in,
                         int threads) {
  const ThreadTeam team(threads);
  RecurrencePass<T> pass(recurrence);
  RecurrenceResults<T> out;
  const T* y = pass.forward(team, in.x.data(),
                            {.steps = c.steps,
                             .batch = c.lengths.size(),
                             .lengths = c.lengths,
                             .initial = &in.initial,
                             .final = &out.final,
                             .training = true});
  out.y.assign(y, y + in.dy.size());
  out.dx.assign(in.x.size(), T(7));
  pass.backward(team, in.dy.data(), &in.d_final, out.dx.data(), &out.d_initial);
  for (const Parameter<T>* p : recurrence.parameters()) out.gradient.push_back(p->gradient);
  return out;
}

template <class T>
void check_case(const Case& c, const CellOptions& cell, const std::string& where) {
  const RecurrenceOptions options = options_of<T>(c, cell);
  Recurrence<T> recurrence(options);
  fill_random(recurrence.parameters(), 1, 0.4);
  const Inputs<T> in(c, options, recurrence);
  const auto wanted =
      reference_recurrence<T>(options, recurrence.parameters(), in.x.data(), c.lengths, c.steps,
                              &in.initial, in.dy.data(), &in.d_final);
  const RecurrenceResults<T> got = run(recurrence, c, in, 1);
  // Sums of up to a few hundred terms through a few layers and steps, and functions of a few ULP.
  const double tolerance = 2000 * std::numeric_limits<T>::epsilon();
  expect_near(got, wanted, tolerance, where);
}

TEST(Recurrence, AgreesWithTheReference) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    for (const CellOptions& cell : all_cells()) {
      for (const Case& c : kCases) {
        const std::string where = target + " " + cell.name + " " + cell.activation + " " +
                                  cell.reset + " H=" + std::to_string(c.hidden);
        check_case<float>(c, cell, "float " + where);
        check_case<double>(c, cell, "double " + where);
      }
    }
  }
}

// Sizes at which the threads really split the rows, and the units.
TEST(Recurrence, ThreadsChangeNoBit) {
  kernels::set_target(kernels::target_names().front());
  const Case by_rows{12, 20, 70, 2, true, {12, 3, 12, 0, 7, 12, 1, 12, 12, 5}};
  const Case by_units{4, 20, 400, 1, false, {4, 3}};
  for (const CellOptions& cell : all_cells()) {
    for (const Case& c : {by_rows, by_units}) {
      const RecurrenceOptions options = options_of<float>(c, cell);
      Recurrence<float> recurrence(options);
      fill_random(recurrence.parameters(), 1, 0.1);
      const Inputs<float> in(c, options, recurrence);
      const RecurrenceResults<float> one = run(recurrence, c, in, 1);
      for (const int threads : {2, 3, 4}) {
        const RecurrenceResults<float> many = run(recurrence, c, in, threads);
        ASSERT_EQ(one.y, many.y);
        ASSERT_EQ(one.dx, many.dx);
        for (std::size_t p = 0; p < one.gradient.size(); ++p) {
          ASSERT_TRUE(
              std::equal(one.gradient[p].begin(), one.gradient[p].end(), many.gradient[p].begin()))
              << cell.name << " " << recurrence.parameters()[p]->name() << " threads " << threads;
        }
      }
    }
  }
}

// Packed weights and sums of biases are kept from call to call, until a parameter changes.
TEST(Recurrence, FollowsEditsOfEveryParameter) {
  for (const char* cell : {"lstm", "gru", "elman", "layer_norm_lstm", "layer_norm_gru"}) {
    for (const bool training : {false, true}) {
      Recurrence<double> recurrence({.cell = {.name = cell}, .input_size = 2, .hidden_size = 3});
      RecurrencePass<double> pass(recurrence);
      fill_random(recurrence.parameters(), 1);
      const std::vector<double> x = {1, 2, 3, 4};
      const RecurrencePass<double>::Call call{.steps = 2, .batch = 1, .training = training};
      for (Parameter<double>* parameter : recurrence.parameters()) {
        const double before = pass.forward(ThreadTeam(1), x.data(), call)[3];
        parameter->edit()[0] += 1;
        EXPECT_NE(pass.forward(ThreadTeam(1), x.data(), call)[3], before) << parameter->name();
      }
    }
  }
}

// Training packs weights for one pass and way, inference to stay: the order of passes, with the
// same weights or with others in between, changes no bit of what any of them yields.
TEST(Recurrence, InferenceHasTheBitsOfTraining) {
  const Case c{5, 20, 37, 2, true, {5, 3, 5}};
  for (const CellOptions& cell : all_cells()) {
    for (const Precision precision : {Precision::kFull, Precision::kBf16}) {
      RecurrenceOptions options = options_of<float>(c, cell);
      options.precision = precision;
      Recurrence<float> recurrence(options);
      RecurrencePass<float> pass(recurrence);
      fill_random(recurrence.parameters(), 1, 0.2);
      const Inputs<float> in(c, options, recurrence);
      const auto infer = [&] {
        const float* y = pass.forward(
            ThreadTeam(1), in.x.data(),
            {.steps = c.steps, .batch = 3, .lengths = c.lengths, .initial = &in.initial});
        return std::vector<float>(y, y + in.dy.size());
      };
      const RecurrenceResults<float> first = run(recurrence, c, in, 1);
      EXPECT_EQ(infer(), first.y) << cell.name;
      EXPECT_EQ(infer(), first.y) << cell.name;
      const RecurrenceResults<float> second = run(recurrence, c, in, 1);
      EXPECT_EQ(second.y, first.y) << cell.name;
      EXPECT_EQ(second.dx, first.dx) << cell.name;
      for (Parameter<float>* parameter : recurrence.parameters()) parameter->edit()[1] += 1;
      const std::vector<float> edited = infer();
      EXPECT_NE(edited, first.y) << cell.name;
      EXPECT_EQ(run(recurrence, c, in, 1).y, edited) << cell.name;
    }
  }
}

// Values in, values out: a sequence in two halves is the sequence.
TEST(Recurrence, IsAFunctionOfValues) {
  Recurrence<double> recurrence({.cell = {.name = "lstm"}, .input_size = 3, .hidden_size = 5});
  fill_random(recurrence.parameters(), 1);
  const PackedRecurrence<double> packed(ThreadTeam(1), recurrence);
  RecurrencePass<double> lstm(packed);
  Tensor<double> x({4, 2, 3}), first({2, 2, 3}), second({2, 2, 3});
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = std::sin(static_cast<double>(i));
    (i < 12 ? first[i] : second[i - 12]) = x[i];
  }
  const auto [y, state] = lstm(x);
  EXPECT_EQ(y.shape(), Shape({4, 2, 5}));
  const auto [begin, between] = lstm(first);
  const auto [end, after] = lstm(second, between);
  std::vector<double> halves(begin.begin(), begin.end());
  halves.insert(halves.end(), end.begin(), end.end());
  EXPECT_EQ(halves, std::vector<double>(y.begin(), y.end()));
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TRUE(std::ranges::equal(after[k], state[k]));
  EXPECT_THROW(lstm(Tensor<double>({4, 3})), ShapeError);
  RecurrencePass<double> training(recurrence);
  training(x);
  EXPECT_LT(lstm.workspace_bytes(), training.workspace_bytes());
  EXPECT_THROW(lstm(first, recurrence.zero_states(3)), ShapeError);
}

// dx in the place of dy.
TEST(Recurrence, TheGradientsMayShareAnArray) {
  for (std::size_t layers = 1; layers <= 3; ++layers) {
    for (const std::vector<std::size_t>& lengths : {std::vector<std::size_t>{4, 4}, {4, 2}}) {
      const Case c{4, 5, 5, layers, false, lengths};
      const RecurrenceOptions options = options_of<double>(c, {.name = "gru"});
      Recurrence<double> recurrence(options);
      fill_random(recurrence.parameters(), 1);
      const Inputs<double> in(c, options, recurrence);
      const RecurrenceResults<double> wanted = run(recurrence, c, in, 1);
      RecurrencePass<double> pass(recurrence);
      pass.forward(ThreadTeam(1), in.x.data(),
                   {.steps = c.steps,
                    .batch = lengths.size(),
                    .lengths = lengths,
                    .initial = &in.initial,
                    .training = true});
      std::vector<double> shared = in.dy;
      pass.backward(ThreadTeam(1), shared.data(), &in.d_final, shared.data(), nullptr);
      EXPECT_EQ(shared, wanted.dx) << layers << " layers";
    }
  }
}

TEST(Recurrence, CarriedStateContinuesASequence) {
  Recurrence<double> recurrence({.input_size = 2, .hidden_size = 5, .layers = 2});
  RecurrencePass<double> pass(recurrence);
  fill_random(recurrence.parameters(), 1);
  std::vector<double> x(6 * 3 * 2);
  fill_random(x, 5);
  const ThreadTeam team(1);
  States<double> whole, state = recurrence.zero_states(3);
  pass.forward(team, x.data(), {.steps = 6, .batch = 3, .final = &whole});
  for (std::size_t half = 0; half < 2; ++half) {
    pass.forward(team, x.data() + half * 18,
                 {.steps = 3, .batch = 3, .initial = &state, .final = &state});
  }
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_TRUE(std::equal(whole[k].begin(), whole[k].end(), state[k].begin()));
  }
}

template <class Function>
std::string message_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Recurrence, RefusesBadCalls) {
  EXPECT_EQ(message_of([] {
              Recurrence<float>({.cell = {.name = "lsmt"}, .input_size = 1, .hidden_size = 1});
            }),
            "unknown cell 'lsmt'; did you mean 'lstm'? Known: elman, gru, lstm, peephole_lstm, "
            "layer_norm_lstm, layer_norm_gru, min_gru, min_lstm, sru, "
            "slstm, slstm_exponential");
  EXPECT_EQ(message_of([] { Recurrence<float>({.input_size = 1, .hidden_size = 0}); }),
            "hidden_size is 0; wanted 1 to 1048576");
  EXPECT_NE(
      message_of([] { Recurrence<float>({.input_size = 1, .hidden_size = 1, .dropout = 1}); }), "");
  Recurrence<float> recurrence({.input_size = 1, .hidden_size = 2});
  RecurrencePass<float> pass(recurrence);
  const std::vector<float> x(6, 0.f);
  const std::vector<std::size_t> lengths = {1, 4};
  const ThreadTeam team(1);
  EXPECT_EQ(message_of([&] {
              pass.forward(team, x.data(), {.steps = 3, .batch = 2, .lengths = lengths});
            }),
            "the length of row 1 is 4, but the batch has 3 steps");
  const States<float> wrong = recurrence.zero_states(3);
  EXPECT_EQ(message_of(
                [&] { pass.forward(team, x.data(), {.steps = 3, .batch = 2, .initial = &wrong}); }),
            "the initial state h has shape (1, 3, 2), wanted (1, 2, 2)");
  EXPECT_THROW(pass.backward(team, x.data(), nullptr, nullptr, nullptr), ValueError);
}

}  // namespace
}  // namespace unroll
