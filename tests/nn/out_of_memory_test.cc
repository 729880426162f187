// After a call that found no memory the next one gives what it would have given: every allocation
// of a larger call is refused in turn.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

#include "nn/random_fill.h"
#include "unroll/core/error.h"
#include "unroll/nn/language_model_pass.h"
#include "unroll/nn/sequence_model_pass.h"

namespace {

thread_local int allowed = -1;  // allocations until one is refused; -1: none is

[[gnu::noinline]] void* allocate(std::size_t bytes, std::size_t alignment) {
  if (allowed >= 0 && allowed-- == 0) throw std::bad_alloc();
  void* memory = std::aligned_alloc(alignment, (bytes / alignment + 1) * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void release(void* memory) { std::free(memory); }

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace unroll {
namespace {

using Numbers = std::vector<double>;

void append(Numbers& numbers, const Parameters<float>& parameters) {
  for (const Parameter<float>* p : parameters) {
    numbers.insert(numbers.end(), p->gradient.data(), p->gradient.data() + p->gradient_size());
  }
}

std::vector<std::uint32_t> some_tokens(std::size_t count) {
  std::vector<std::uint32_t> tokens(count);
  for (std::size_t i = 0; i < count; ++i) tokens[i] = static_cast<std::uint32_t>(i * 7 % 10);
  return tokens;
}

// Of `steps` steps and `batch` rows: all that a training step gives.
struct Language {
  explicit Language(bool tied)
      : model({.vocabulary_size = 10,
               .embedding_size = 6,
               .hidden_size = 6,
               .layers = 2,
               .dropout = 0.3,
               .tied = tied}) {
    fill_random(model.parameters(), 1, 0.3);
  }
  Numbers train(std::size_t steps, std::size_t batch) {
    const std::vector<std::uint32_t> tokens = some_tokens(steps * batch);
    States<float> state = model.zero_states(batch);
    Numbers all = {pass.loss_and_gradient(
        ThreadTeam(1), {steps, batch, tokens.data(), tokens.data()}, state, 1, {1, 2})};
    append(all, model.parameters());
    return all;
  }
  LanguageModel<float> model;
  LanguageModelPass<float> pass{model};
};

struct Sequence {
  explicit Sequence(bool by_step)
      : model({.vocabulary_size = 10,
               .embedding_size = 3,
               .hidden_size = 5,
               .layers = 2,
               .bidirectional = true,
               .pooling = parse_pooling(by_step ? "steps" : "last+mean+max"),
               .output_size = 2,
               .dropout = 0.3,
               .initial_state = InitialState::kTrainable}) {
    fill_random(model.parameters(), 1, 0.3);
  }
  Numbers train(std::size_t steps, std::size_t batch) {
    const std::vector<std::uint32_t> tokens = some_tokens(steps * batch);
    std::vector<std::size_t> lengths(batch, steps);
    lengths[0] = steps - 1;
    const float* predictions = pass.forward_training(
        ThreadTeam(1), {steps, batch, lengths, nullptr, tokens.data()}, {.seed = 1, .update = 2});
    const std::size_t count = 2 * batch * (model.options().pooling.steps ? steps : 1);
    Numbers all(predictions, predictions + count);
    const std::vector<float> d(count, 1);
    pass.backward(ThreadTeam(1), d.data());
    append(all, model.parameters());
    return all;
  }
  SequenceModel<float> model;
  SequenceModelPass<float> pass{model};
};

template <class Model>
void check(bool option) {
  const Numbers wanted = Model(option).train(3, 2);
  int refused = 0;
  for (bool done = false; !done; ++refused) {
    Model model(option);
    model.train(3, 2);
    allowed = refused;
    try {
      model.train(20, 9);
      done = true;
    } catch (const std::bad_alloc&) {
    }
    allowed = -1;
    ASSERT_EQ(model.train(3, 2), wanted) << "allocation " << refused;
  }
  EXPECT_GT(refused, 3);
}

TEST(OutOfMemory, LanguageModel) {
  for (const bool tied : {false, true}) check<Language>(tied);
}

TEST(OutOfMemory, SequenceModel) {
  for (const bool by_step : {false, true}) check<Sequence>(by_step);
}

TEST(OutOfMemory, NothingIsLeftToGoBackFrom) {
  Sequence sequence(false);
  const std::vector<std::uint32_t> tokens = some_tokens(200);
  const std::vector<float> d(200, 1);
  const ThreadTeam team(1);
  sequence.pass.forward_training(team, {4, 5, {}, nullptr, tokens.data()}, {});
  allowed = 0;
  EXPECT_THROW(sequence.pass.forward_training(team, {20, 10, {}, nullptr, tokens.data()}, {}),
               std::bad_alloc);
  allowed = -1;
  EXPECT_THROW(sequence.pass.backward(team, d.data()), ValueError);
}

TEST(OutOfMemory, AGivenInitialState) {
  SequenceModelOptions options = Sequence(false).model.options();
  options.initial_state = InitialState::kZero;
  for (int refused = 0;; ++refused) {
    SequenceModel<float> model(options);
    States<float> states = model.initial_state();
    fill_random_states(states, 3);
    allowed = refused;
    bool done = true;
    try {
      model.set_initial_state(states);
    } catch (const std::bad_alloc&) {
      done = false;
    }
    allowed = -1;
    model.set_initial_state(states);
    for (std::size_t k = 0; k < states.size(); ++k) {
      EXPECT_TRUE(std::ranges::equal(model.initial_state()[k], states[k])) << refused;
    }
    if (done) break;
  }
}

}  // namespace
}  // namespace unroll
