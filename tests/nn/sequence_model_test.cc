// Gradients of whole sequence models against differences; the predictions of a sequence do not
// depend on its company, its padding or the number of threads.

#include "unroll/nn/sequence_model_pass.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/random_fill.h"
#include "unroll/core/error.h"
#include "unroll/nn/head.h"
#include "unroll/train/gradient_check.h"

namespace unroll {
namespace {

constexpr std::size_t kSteps = 5, kBatch = 4, kInputs = 2, kVocabulary = 6, kOutputs = 3;
const std::vector<std::size_t> kLengths = {3, 0, 5, 1};

SequenceModelOptions options_of(bool tokens, const std::string& pooling) {
  SequenceModelOptions options = {.hidden_size = 4,
                                  .layers = 2,
                                  .bidirectional = true,
                                  .cell = {.name = "gru"},
                                  .pooling = parse_pooling(pooling),
                                  .output_size = kOutputs};
  if (tokens) {
    options.vocabulary_size = kVocabulary, options.embedding_size = 3;
  } else {
    options.input_size = kInputs;
  }
  return options;
}

template <class T>
struct Data {
  Data() : values(kSteps * kBatch * kInputs), tokens(kSteps * kBatch) {
    fill_random(values, 7);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = static_cast<std::uint32_t>(i * 7 % (kVocabulary - 1));
    }
  }
  SequenceBatch<T> batch() const { return {kSteps, kBatch, lengths, values.data(), tokens.data()}; }
  std::vector<T> values;
  std::vector<std::uint32_t> tokens;
  std::vector<std::size_t> lengths = kLengths;
};

template <class T>
SequenceModel<T> model_of(const SequenceModelOptions& options) {
  SequenceModel<T> model(options);
  std::uint64_t stream = 1;
  for (Parameter<T>* p : model.parameters()) fill_random(p->edit(), stream++, 0.7);
  return model;
}

std::size_t rows_of(const SequenceModelOptions& options) {
  return options.pooling.steps ? kSteps * kBatch : kBatch;
}

GradientCheck check(const SequenceModelOptions& options, bool leave_out_padding_mask = false) {
  SequenceModel<double> model = model_of<double>(options);
  SequenceModelPass<double> pass(model);
  const Data<double> data;
  const ThreadTeam team;
  const std::size_t rows = rows_of(options);
  std::vector<double> targets(rows * kOutputs), mask(rows, 1), d(rows * kOutputs);
  fill_random(targets, 9);
  for (std::size_t r = 0; options.pooling.steps && r < rows; ++r) {
    mask[r] = r / kBatch < kLengths[r % kBatch] ? 1 : 0;
  }
  const auto loss_of = [&](const double* predictions, double* gradient) {
    return loss<double>(team, HeadOptions{"squared_error"},
                        {.rows = rows,
                         .width = kOutputs,
                         .predictions = predictions,
                         .targets = targets.data(),
                         .mask = mask.data()},
                        Reduction::kMean, gradient);
  };
  const auto forward = [&] {
    return pass.forward_training(team, data.batch(), {.seed = 3, .update = 1});
  };
  const auto backward = [&] {
    loss_of(forward(), d.data());
    if (leave_out_padding_mask) d[0] = 0;
    pass.backward(team, d.data());
  };
  // The maximum has a kink where two steps are equal: a small step stays on one side of it.
  return check_gradients<double>(model.parameters(), [&] { return loss_of(forward(), nullptr); },
                                 backward, {.step = options.pooling.max ? 1e-5 : 1e-3});
}

TEST(SequenceModel, GradientsAgreeWithDifferences) {
  for (const bool tokens : {false, true}) {
    for (const char* pooling : {"last", "mean", "max", "last+mean+max", "steps"}) {
      for (const bool dropout : {false, true}) {
        for (const bool initial : {false, true}) {
          SequenceModelOptions options = options_of(tokens, pooling);
          options.dropout = dropout ? 0.3 : 0;
          if (initial) options.initial_state = InitialState::kTrainable;
          const GradientCheck result = check(options);
          EXPECT_TRUE(result.passed)
              << pooling << tokens << dropout << initial << " " << result.max_relative_error;
        }
      }
    }
  }
}

TEST(SequenceModel, GradientsOfEveryCellAgreeWithDifferences) {
  for (const CellOptions& cell : all_cells()) {
    if (cell.activation == "relu") continue;  // its kink; see gradient_test
    for (const bool bidirectional : {false, true}) {
      SequenceModelOptions options = options_of(false, "last+mean+max");
      options.cell = cell, options.bidirectional = bidirectional;
      EXPECT_TRUE(check(options).passed) << cell.name << cell.activation << cell.reset;
    }
  }
}

TEST(SequenceModel, TheCheckSeesAMissingTerm) {
  EXPECT_FALSE(check(options_of(false, "steps"), true).passed);
}

template <class T>
std::vector<T> predictions_of(SequenceModel<T>& model, const SequenceBatch<T>& batch,
                              int threads = 1) {
  const ThreadTeam team(threads);
  SequenceModelPass<T> pass(model);
  const T* p = pass.forward(team, batch);
  const std::size_t rows = model.options().pooling.steps ? batch.steps * batch.batch : batch.batch;
  const std::vector<T> predictions(p, p + rows * model.options().output_size);
  const PackedSequenceModel<T> packed(team, model);
  SequenceModelPass<T> running(packed);
  const T* run = running.forward(team, batch);
  EXPECT_TRUE(std::equal(predictions.begin(), predictions.end(), run,
                         [](T a, T b) { return a == b || (std::isnan(a) && std::isnan(b)); }));
  return predictions;
}

TEST(SequenceModel, PaddingAndCompanyDoNotMatter) {
  for (const bool tokens : {false, true}) {
    for (const char* pooling : {"last+mean+max", "steps"}) {
      SequenceModel<double> model = model_of<double>(options_of(tokens, pooling));
      Data<double> data;
      const std::vector<double> together = predictions_of(model, data.batch());
      for (std::size_t n = 0; n < kBatch; ++n) {
        for (std::size_t t = kLengths[n]; t < kSteps; ++t) {
          for (std::size_t c = 0; c < kInputs; ++c) {
            data.values[(t * kBatch + n) * kInputs + c] = std::numeric_limits<double>::quiet_NaN();
          }
        }
      }
      EXPECT_EQ(predictions_of(model, data.batch()), together);
      for (std::size_t n = 0; n < kBatch; ++n) {
        std::vector<double> values;
        std::vector<std::uint32_t> ids;
        for (std::size_t t = 0; t < kLengths[n]; ++t) {
          for (std::size_t c = 0; c < kInputs; ++c) {
            values.push_back(data.values[(t * kBatch + n) * kInputs + c]);
          }
          ids.push_back(data.tokens[t * kBatch + n]);
        }
        const std::vector<double> alone =
            predictions_of<double>(model, {kLengths[n], 1, {}, values.data(), ids.data()});
        for (std::size_t i = 0; i < alone.size(); ++i) {
          const std::size_t t = i / kOutputs, w = i % kOutputs;
          const std::size_t row = model.options().pooling.steps ? t * kBatch + n : n;
          EXPECT_NEAR(alone[i], together[row * kOutputs + w], 1e-14) << pooling << n;
        }
      }
    }
  }
}

TEST(SequenceModel, ThreadsChangeNoBit) {
  SequenceModelOptions options = options_of(false, "last+mean+max");
  options.hidden_size = 96, options.input_size = 40;
  SequenceModel<float> model = model_of<float>(options);
  std::vector<float> values(70 * 30 * 40);
  fill_random(values, 3);
  std::vector<std::size_t> lengths(30);
  for (std::size_t n = 0; n < lengths.size(); ++n) lengths[n] = n * 7 % 71;
  const SequenceBatch<float> batch = {70, 30, lengths, values.data(), nullptr};
  const std::vector<float> one = predictions_of(model, batch);
  for (const int threads : {2, 3, 4}) EXPECT_EQ(predictions_of(model, batch, threads), one);
}

TEST(SequenceModel, StatesAreCarried) {
  SequenceModelOptions options = options_of(false, "steps");
  options.bidirectional = false, options.cell = {.name = "lstm"};
  SequenceModel<double> model = model_of<double>(options);
  Data<double> data;
  data.lengths = {};
  const std::vector<double> whole = predictions_of(model, data.batch());
  SequenceModelPass<double> pass(model);
  States<double> state = model.zero_states(kBatch);
  std::vector<double> halves;
  for (const auto& [begin, end] : {std::pair{0, 2}, {2, 5}}) {
    const std::size_t steps = static_cast<std::size_t>(end - begin);
    const double* p =
        pass.forward(ThreadTeam(1),
                     {steps,
                      kBatch,
                      {},
                      data.values.data() + static_cast<std::size_t>(begin) * kBatch * kInputs,
                      nullptr},
                     &state);
    halves.insert(halves.end(), p, p + steps * kBatch * kOutputs);
  }
  ASSERT_EQ(halves.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(halves[i], whole[i], 1e-14);
}

// Each (L·D, H), and the same of N rows, (L·D, N, H).
template <class T>
States<T> some_states(const SequenceModel<T>& model) {
  States<T> states = model.initial_state();
  fill_random_states(states, 11);
  return states;
}
template <class T>
States<T> for_rows(const SequenceModel<T>& model, const States<T>& states) {
  States<T> rows = model.zero_states(kBatch);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const std::size_t hidden = model.options().hidden_size;
    for (std::size_t i = 0; i < rows[k].size(); ++i) {
      rows[k][i] = states[k][i / hidden / kBatch * hidden + i % hidden];
    }
  }
  return rows;
}

TEST(SequenceModel, AGivenInitialState) {
  SequenceModelOptions options = options_of(false, "steps");
  options.cell = {.name = "lstm"};
  SequenceModel<double> model = model_of<double>(options);
  const Data<double> data;
  const States<double> start = some_states(model);
  States<double> carried = for_rows(model, start);
  SequenceModelPass<double> pass(model);
  const double* const p = pass.forward(ThreadTeam(1), data.batch(), &carried);
  const std::vector<double> wanted(p, p + rows_of(options) * kOutputs);
  EXPECT_NE(predictions_of(model, data.batch()), wanted);

  const std::size_t before = model.parameter_count();
  model.set_initial_state(start);
  EXPECT_EQ(model.options().initial_state, InitialState::kGiven);
  EXPECT_EQ(predictions_of(model, data.batch()), wanted);
  States<double> own;  // none: the model's, and out come the final ones
  pass.forward(ThreadTeam(1), data.batch(), &own);
  ASSERT_EQ(own.size(), 2u);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TRUE(std::ranges::equal(own[k], carried[k]));

  // It is kept, and not trained.
  EXPECT_EQ(model.parameter_count(), before);
  EXPECT_EQ(model.parameters().size(), SequenceModel<double>(options).parameters().size() + 2);
  model.initialize({.seed = 4});
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_TRUE(std::ranges::equal(model.initial_state()[k], start[k]));
  }
  SequenceModelOptions trained = options;
  trained.initial_state = InitialState::kTrainable;
  SequenceModel<double> other(trained);
  EXPECT_GT(other.parameter_count(), before);
  other.set_initial_state(start);
  EXPECT_EQ(other.parameter_count(), before);
}

TEST(SequenceModel, GradientsBesideAGivenInitialStateAgreeWithDifferences) {
  SequenceModelOptions options = options_of(false, "last+mean");
  options.initial_state = InitialState::kGiven;
  EXPECT_TRUE(check(options).passed);
}

// Where a pass starts from a state that is carried on, the trainable one has no part in it.
TEST(SequenceModel, ACarriedStateLeavesTheTrainableOneWithoutGradient) {
  SequenceModelOptions options = options_of(false, "steps");
  options.bidirectional = false, options.initial_state = InitialState::kTrainable;
  SequenceModel<double> model = model_of<double>(options);
  const Data<double> data;
  const std::vector<double> d(rows_of(options) * kOutputs, 1);
  const auto gradient_size = [&] {
    double sum = 0;
    for (const Parameter<double>* p : model.parameters()) {
      for (std::size_t i = 0; p->name() == "initial.h" && i < p->size(); ++i) {
        sum += std::fabs(p->gradient[i]);
      }
    }
    return sum;
  };
  States<double> state;
  SequenceModelPass<double> pass(model);
  pass.forward_training(ThreadTeam(1), data.batch(), {}, &state);
  pass.backward(ThreadTeam(1), d.data());
  EXPECT_GT(gradient_size(), 0.1);
  pass.forward_training(ThreadTeam(1), data.batch(), {}, &state);
  pass.backward(ThreadTeam(1), d.data());
  EXPECT_EQ(gradient_size(), 0);
}

TEST(SequenceModel, RefusesAnInitialStateThatDoesNotFit) {
  SequenceModelOptions options = options_of(false, "last");
  options.cell = {.name = "lstm"};
  SequenceModel<float> model(options);
  States<float> states = model.initial_state();
  states[1] = Tensor<float>({2, 4});  // L·D is 4
  EXPECT_THROW(model.set_initial_state(states), ShapeError);
  states.pop_back();
  EXPECT_THROW(model.set_initial_state(states), ShapeError);
  states = model.initial_state();
  states[1][3] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(model.set_initial_state(states), ValueError);
  EXPECT_EQ(model.options().initial_state, InitialState::kZero);
}

TEST(SequenceModel, ANaNIsNotSwallowed) {
  SequenceModel<double> model = model_of<double>(options_of(false, "max"));
  Data<double> data;
  data.values[2 * kBatch * kInputs] = std::numeric_limits<double>::quiet_NaN();  // row 0, step 2
  EXPECT_TRUE(std::isnan(predictions_of(model, data.batch())[0]));
}

TEST(SequenceModel, RefusesWrongOptions) {
  const auto refused = [](const auto& change) {
    SequenceModelOptions options = options_of(false, "last");
    change(options);
    EXPECT_THROW(SequenceModel<float>{options}, ValueError);
  };
  refused([](SequenceModelOptions& o) { o.input_size = 0; });
  refused([](SequenceModelOptions& o) { o.vocabulary_size = 3; });
  refused([](SequenceModelOptions& o) { o.pooling = {false, false, false, false}; });
  refused([](SequenceModelOptions& o) { o.pooling.steps = true; });
  refused([](SequenceModelOptions& o) { o.dropout = 1; });
  refused([](SequenceModelOptions& o) { o.output_size = 0; });
  refused([](SequenceModelOptions& o) { o.cell.name = "lsmt"; });
  EXPECT_THROW(parse_pooling("las"), ValueError);
  for (const char* name : {"last", "last+mean", "mean+max", "last+mean+max", "steps"}) {
    EXPECT_EQ(pooling_name(parse_pooling(name)), name);
  }
}

}  // namespace
}  // namespace unroll
