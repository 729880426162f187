#include "unroll/infer/session.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <thread>
#include <vector>

#include "unroll/core/error.h"

namespace unroll {
namespace {

LanguageModel<double> small_model(const CellOptions& cell = {}) {
  LanguageModel<double> model(
      {.vocabulary_size = 7, .embedding_size = 3, .hidden_size = 5, .layers = 2, .cell = cell});
  model.initialize({.seed = 1});
  return model;
}

void check_steps(const CellOptions& cell) {
  LanguageModel<double> model = small_model(cell);
  const std::uint32_t tokens[] = {1, 4, 2, 6, 0, 3};
  States<double> state = model.zero_states(1);
  const double loss =
      LanguageModelPass<double>(model).loss(ThreadTeam(1), {5, 1, tokens, tokens + 1}, state);
  Session<double> session(model);
  double stepped = 0;
  for (int t = 0; t < 5; ++t) {
    const auto logits = session.step(tokens[t]);
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    stepped += std::log(sum) - logits[tokens[t + 1]];
  }
  EXPECT_NEAR(stepped, loss, 1e-12) << cell.name;
  EXPECT_THROW(session.step(7), ValueError);
}

TEST(Session, StepsGiveTheLossOfAWindow) {
  for (const CellOptions& cell : all_cells()) check_steps(cell);
}

void check_state(const CellOptions& cell) {
  LanguageModel<double> model = small_model(cell);
  Session<double> session(model);
  session.step(3);
  const States<double> kept = session.state();
  const std::vector<double> first(session.step(2).begin(), session.step(2).end());
  session.state() = kept;
  const auto again = session.step(2);
  session.state() = kept;
  const auto once_more = session.step(2);
  EXPECT_TRUE(std::equal(again.begin(), again.end(), once_more.begin()));
  session.reset();
  for (const auto& state : session.state()) {
    for (const double value : state) EXPECT_EQ(value, 0);
  }
}

TEST(Session, StateCanBeKeptAndRestored) {
  for (const CellOptions& cell : all_cells()) check_state(cell);
}

// Each thread has a session of its own; both read one block of weights.
TEST(Session, ThreadsShareAModel) {
  LanguageModel<float> model(
      {.vocabulary_size = 50, .embedding_size = 40, .hidden_size = 60, .layers = 2});
  model.initialize({.seed = 1});
  const PackedLanguageModel<float> packed(ThreadTeam(1), model);
  const auto logits_of = [&](auto& session, std::uint32_t first) {
    std::vector<float> all;
    for (std::uint32_t t = 0; t < 400; ++t) {
      const auto logits = session.step((first + t * 7) % 50);
      all.insert(all.end(), logits.begin(), logits.end());
    }
    return all;
  };
  constexpr std::uint32_t kThreads = 4;
  std::vector<std::vector<float>> got(kThreads);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Session<float> session(packed);
      got[i] = logits_of(session, i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    Session<float> alone(model);
    EXPECT_EQ(got[i], logits_of(alone, i)) << i;
  }
}

TEST(Session, RefusesWeightsThatChangedAfterTheyWerePacked) {
  LanguageModel<double> model = small_model();
  Session<double> session(model);
  session.step(1);
  for (Parameter<double>* parameter : model.parameters()) {
    if (parameter->name() == "encoder.weight") continue;  // it is read as it is
    Session<double> stale(model);
    parameter->edit();
    const bool read = parameter->name() == "decoder.bias";
    if (read) {
      EXPECT_NO_THROW(stale.step(1));
    } else {
      EXPECT_THROW(stale.step(1), ValueError) << parameter->name();
    }
  }
}

std::map<std::uint32_t, int> draw(const SamplerOptions& options, const std::vector<float>& logits,
                                  int count, const std::vector<bool>* forbidden = nullptr) {
  Sampler sampler(options);
  std::map<std::uint32_t, int> counts;
  for (int i = 0; i < count; ++i) ++counts[sampler.sample<float>(logits, forbidden)];
  return counts;
}

TEST(Sampler, FrequenciesFollowTheSoftmax) {
  const std::vector<float> logits = {0, std::log(2.f), std::log(5.f),
                                     -std::numeric_limits<float>::infinity()};
  auto counts = draw({.seed = 4}, logits, 80000);
  // Five standard errors of a binomial.
  EXPECT_NEAR(counts[0], 10000, 5 * std::sqrt(80000 * 0.125 * 0.875));
  EXPECT_NEAR(counts[2], 50000, 5 * std::sqrt(80000 * 0.625 * 0.375));
  EXPECT_EQ(counts[3], 0);
  counts = draw({.temperature = 0.5, .seed = 4}, logits, 30000);  // weights 1, 4, 25
  EXPECT_NEAR(counts[2], 25000, 5 * std::sqrt(30000 * 25.0 / 30 * 5.0 / 30));
}

TEST(Sampler, CutsTheTail) {
  const std::vector<float> logits = {std::log(4.f), std::log(3.f), std::log(2.f), std::log(1.f)};
  EXPECT_EQ(draw({.top_k = 2}, logits, 2000).size(), 2u);
  EXPECT_EQ(draw({.top_p = 0.39}, logits, 2000).size(), 1u);
  EXPECT_EQ(draw({.top_p = 0.41}, logits, 2000).size(), 2u);
  EXPECT_EQ(draw({.temperature = 0}, logits, 50).begin()->second, 50);
  const std::vector<bool> forbidden = {true, false, false, false};
  EXPECT_EQ(draw({}, logits, 2000, &forbidden).count(0), 0u);
}

TEST(Sampler, TheSeedDecides) {
  const std::vector<float> logits = {0, 0, 0, 0, 0};
  Sampler first({.seed = 9}), second({.seed = 9});
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(first.sample<float>(logits), second.sample<float>(logits));
  }
}

// Whatever is sorted for them.
TEST(Sampler, ASeedHasTheseDraws) {
  std::vector<float> logits(40);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = static_cast<float>(i * 17 % 23) / 8;  // some are equal
  }
  const auto draws = [&](const SamplerOptions& options) {
    Sampler sampler(options);
    std::vector<std::uint32_t> tokens;
    for (int i = 0; i < 8; ++i) tokens.push_back(sampler.sample<float>(logits));
    return tokens;
  };
  using Tokens = std::vector<std::uint32_t>;
  EXPECT_EQ(draws({.seed = 5}), (Tokens{1, 1, 8, 12, 27, 8, 12, 2}));
  EXPECT_EQ(draws({.top_k = 7, .seed = 5}), (Tokens{31, 31, 4, 27, 4, 4, 27, 35}));
  EXPECT_EQ(draws({.top_k = 9, .top_p = 0.6, .seed = 5}), (Tokens{8, 8, 4, 27, 4, 4, 27, 31}));
  EXPECT_EQ(draws({.temperature = 0, .seed = 5}), Tokens(8, 4));
}

TEST(Sampler, RefusesNonsense) {
  EXPECT_THROW(Sampler({.temperature = -1}), ValueError);
  EXPECT_THROW(Sampler({.top_p = 0}), ValueError);
  const std::vector<float> logits = {0, std::nanf("")};
  EXPECT_THROW(Sampler({}).sample<float>(logits), NumericError);
  const std::vector<float> two = {0, 1};
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    const std::vector<bool> forbidden(size);
    EXPECT_THROW(Sampler({}).sample<float>(two, &forbidden), ValueError) << size;
  }
}

}  // namespace
}  // namespace unroll
