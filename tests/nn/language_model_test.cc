// The language model against PyTorch's numbers, and against itself: thread counts, dropout,
// windows.

#include "unroll/nn/language_model_pass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "unroll/core/error.h"
#include "unroll/io/safetensors.h"
#include "unroll/optim/clip.h"
#include "unroll/optim/optimizer.h"

namespace unroll {
namespace {

struct Fixture {
  const char* file;
  CellOptions cell;
  bool tied;
  OptimizerOptions optimizer;
  double learning_rate, clip_norm;
};

const Fixture kFixtures[] = {
    {"lm_lstm", {.name = "lstm"}, false, {}, 0.5, 0.5},
    {"lm_gru", {.name = "gru"}, false, {}, 0.5, 0.5},
    {"lm_elman_tanh", {.name = "elman"}, false, {}, 0.5, 0.5},
    {"lm_elman_relu", {.name = "elman", .activation = "relu"}, false, {}, 0.5, 0.5},
    {"lm_lstm_tied", {.name = "lstm"}, true, {}, 0.5, 0.5},
    {"lm_gru_adam", {.name = "gru"}, false, {.name = "adam"}, 0.01, 0},
};

// Largest difference, as a part of the largest magnitude.
template <class T>
double relative_difference(const Tensor<T>& got, const Tensor<double>& wanted) {
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    difference = std::max(difference, std::fabs(double{got[i]} - wanted[i]));
    largest = std::max(largest, std::fabs(wanted[i]));
  }
  return difference / largest;
}

// The gradient of every row of a value, also those that a sparse one leaves out.
template <class T>
Tensor<T> dense_gradient(const Parameter<T>& parameter) {
  if (!parameter.sparse) return parameter.gradient;
  Tensor<T> dense(parameter.shape());
  const std::size_t width = parameter.shape()[1];
  for (std::size_t r = 0; r < parameter.rows.size(); ++r) {
    std::copy_n(parameter.gradient.data() + r * width, width,
                dense.data() + parameter.rows[r] * width);
  }
  return dense;
}

template <class T>
void check_fixture(const Fixture& fixture, double tolerance) {
  const SafetensorsFile file(std::string(UNROLL_SOURCE_DIR) + "/tests/fixtures/" + fixture.file +
                             ".safetensors");
  const auto& shape = file.shape("inputs");  // (W, T, N)
  const std::size_t windows = shape[0], steps = shape[1], batch = shape[2];
  const auto vocabulary = file.shape("initial/encoder.weight")[0];
  const auto embedding = file.shape("initial/encoder.weight")[1];
  const auto hidden = file.shape("initial/rnn.weight_hh_l0")[1];
  LanguageModel<T> model({.vocabulary_size = vocabulary,
                          .embedding_size = embedding,
                          .hidden_size = hidden,
                          .layers = 2,
                          .cell = fixture.cell,
                          .tied = fixture.tied});
  LanguageModelPass<T> pass(model);
  const auto parameters = model.parameters();
  for (Parameter<T>* p : parameters) file.read_into("initial/" + p->name(), p->edit());
  const auto inputs = file.read_array<std::int64_t>("inputs");
  const auto targets = file.read_array<std::int64_t>("targets");
  const std::vector<std::uint32_t> in(inputs.begin(), inputs.end()),
      out(targets.begin(), targets.end());
  const Tensor<double> losses = file.read<double>("losses"),
                       norms = file.read<double>("gradient_norms");

  const ThreadTeam team(1);
  Optimizer<T> optimizer(fixture.optimizer, parameters);
  States<T> state = model.zero_states(batch);

  // Logits of the first window, step by step.
  const Tensor<double> logits = file.read<double>("logits");
  States<T> stepped = state;
  Tensor<T> got(logits.shape());
  for (std::size_t t = 0; t < steps; ++t) {
    pass.step(team, in.data() + t * batch, batch, stepped, got.data() + t * batch * vocabulary);
  }
  EXPECT_LT(relative_difference(got, logits), tolerance) << fixture.file;

  const std::size_t window_size = steps * batch;
  for (std::size_t w = 0; w < windows; ++w) {
    const TokenWindow window{steps, batch, in.data() + w * window_size,
                             out.data() + w * window_size};
    const double tokens = static_cast<double>(window_size);
    const double loss = pass.loss_and_gradient(team, window, state, 1 / tokens, {}) / tokens;
    EXPECT_NEAR(loss, losses[w], tolerance * losses[w]) << fixture.file << " window " << w;
    const double norm = gradient_norm(parameters, team);
    EXPECT_NEAR(norm, norms[w], 2 * tolerance * norms[w]) << fixture.file << " window " << w;
    for (const Parameter<T>* p : parameters) {
      if (w > 0) break;
      EXPECT_LT(relative_difference(dense_gradient(*p), file.read<double>("gradient/" + p->name())),
                tolerance)
          << fixture.file << " gradient of " << p->name();
    }
    const double factor = fixture.clip_norm == 0 ? 1 : std::min(1.0, fixture.clip_norm / norm);
    optimizer.step(fixture.learning_rate, factor, team);
  }
  for (const Parameter<T>* p : parameters) {
    EXPECT_LT(relative_difference(p->value(), file.read<double>("final/" + p->name())), tolerance)
        << fixture.file << " after " << windows << " updates: " << p->name();
  }
  for (std::size_t k = 0; k < state.size(); ++k) {
    const Tensor<double> wanted = file.read<double>("state_" + model.state_names()[k]);
    EXPECT_LT(relative_difference(state[k], wanted), tolerance) << fixture.file << " final state";
  }
}

TEST(LanguageModel, AgreesWithPyTorchInDouble) {
  for (const Fixture& fixture : kFixtures) check_fixture<double>(fixture, 1e-10);
}

TEST(LanguageModel, AgreesWithPyTorchInFloat) {
  for (const Fixture& fixture : kFixtures) check_fixture<float>(fixture, 1e-5);
}

// A vocabulary of several row blocks, sizes at which threads really share the work, dropout on.
TEST(LanguageModel, ThreadsChangeNoBit) {
  for (const bool tied : {false, true}) {
    LanguageModel<float> model({.vocabulary_size = 9001,
                                .embedding_size = 40,
                                .hidden_size = 40,
                                .layers = 2,
                                .dropout = 0.3,
                                .tied = tied});
    LanguageModelPass<float> pass(model);
    model.initialize({.seed = 3});
    std::vector<std::uint32_t> tokens(20 * 30 + 20);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = static_cast<std::uint32_t>(i * 7919 % 9001);
    }
    std::map<std::string, std::vector<float>> first;
    double first_loss = 0;
    for (const int threads : {1, 2, 3, 4}) {
      const ThreadTeam team(threads);
      States<float> state = model.zero_states(20);
      const double loss = pass.loss_and_gradient(team, {30, 20, tokens.data(), tokens.data() + 20},
                                                 state, 1.0 / 600, {5, 8});
      if (threads == 1) first_loss = loss;
      EXPECT_EQ(loss, first_loss);
      for (const Parameter<float>* p : model.parameters()) {
        const float* gradient = p->gradient.data();
        const std::vector<float> values(gradient, gradient + p->gradient_size());
        if (threads == 1) first[p->name()] = values;
        EXPECT_EQ(values, first[p->name()]) << p->name() << " with " << threads << " threads";
      }
    }
  }
}

TEST(LanguageModel, LossDoesNotDependOnWindows) {
  LanguageModel<double> model(
      {.vocabulary_size = 11, .embedding_size = 4, .hidden_size = 6, .layers = 2, .dropout = 0.5});
  LanguageModelPass<double> pass(model);
  model.initialize({.seed = 3});
  std::vector<std::uint32_t> tokens(25);
  for (std::size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = static_cast<std::uint32_t>(i * i % 11);
  const ThreadTeam team(1);
  States<double> state = model.zero_states(1);
  const double whole = pass.loss(team, {24, 1, &tokens[0], &tokens[1]}, state);
  state = model.zero_states(1);
  double parts = pass.loss(team, {7, 1, &tokens[0], &tokens[1]}, state);
  parts += pass.loss(team, {17, 1, &tokens[7], &tokens[8]}, state);
  EXPECT_NEAR(whole, parts, 1e-12 * whole);
}

TEST(LanguageModel, RefusesWhatItCannotUse) {
  EXPECT_THROW(LanguageModel<float>(
                   {.vocabulary_size = 5, .embedding_size = 3, .hidden_size = 4, .tied = true}),
               ValueError);
  EXPECT_THROW(LanguageModel<float>({.vocabulary_size = 0, .embedding_size = 3, .hidden_size = 4}),
               ValueError);
  LanguageModel<float> model({.vocabulary_size = 5, .embedding_size = 3, .hidden_size = 4});
  LanguageModelPass<float> pass(model);
  States<float> state = model.zero_states(1);
  const std::uint32_t token = 5;
  EXPECT_THROW(pass.loss(ThreadTeam(1), {1, 1, &token, &token}, state), ValueError);
  const std::uint32_t* const none = nullptr;
  const std::uint32_t first = 0;
  EXPECT_THROW(pass.loss(ThreadTeam(1), {1, 1, none, &first}, state), ValueError);
  EXPECT_THROW(pass.loss(ThreadTeam(1), {1, 1, &first, none}, state), ValueError);
  EXPECT_THROW(pass.loss_and_gradient(ThreadTeam(1), {1, 1, &first, none}, state, 1, {}),
               ValueError);
  float logits[5];
  EXPECT_THROW(pass.step(ThreadTeam(1), none, 1, state, logits), ValueError);
}

TEST(LanguageModel, AnEmptyWindowHasNoGradient) {
  for (const bool tied : {false, true}) {
    LanguageModel<double> model(
        {.vocabulary_size = 5, .embedding_size = 4, .hidden_size = 4, .tied = tied});
    LanguageModelPass<double> pass(model);
    model.initialize({.seed = 3});
    const std::uint32_t tokens[] = {0, 1, 2, 3, 4};
    const ThreadTeam team(1);
    States<double> state = model.zero_states(2);
    pass.loss_and_gradient(team, {2, 2, tokens, tokens + 1}, state, 1, {});
    EXPECT_GT(gradient_norm(model.parameters(), team), 0);
    EXPECT_EQ(pass.loss_and_gradient(team, {0, 2, nullptr, nullptr}, state, 1, {}), 0);
    EXPECT_EQ(gradient_norm(model.parameters(), team), 0) << tied;
  }
}

}  // namespace
}  // namespace unroll
