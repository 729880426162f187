// A batch in parts: the gradients add up to that of the whole batch, dropout included, and the bits
// depend on the number of parts alone.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "messages.h"
#include "models/small_sequences.h"
#include "unroll/core/error.h"
#include "unroll/optim/gradient_sum.h"
#include "unroll/train/language_model_task.h"
#include "unroll/train/sequence_task.h"

namespace unroll {
namespace {

constexpr std::uint32_t kTokens = 23;

template <class T>
LanguageModelTask<T> make_task(std::size_t shards, bool tied = false,
                               const CellOptions& cell = {}) {
  std::vector<std::uint32_t> tokens;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < 600; ++i) tokens.push_back(i * i % 61 % kTokens);
  std::string text;
  for (const std::uint32_t token : tokens) text += static_cast<char>('a' + token);
  TextReader reader = TextReader::from_memory(text, Level::kCharacter);
  const Vocabulary vocabulary = Vocabulary::build(reader);
  for (std::uint32_t& token : tokens) {
    token = *vocabulary.id(std::string(1, static_cast<char>('a' + token)));
  }
  return {{.model = {.embedding_size = 9,
                     .hidden_size = 9,
                     .layers = 2,
                     .cell = cell,
                     .dropout = 0.4,
                     .tied = tied},
           .bptt = {.batch = 7, .bptt = 6},
           .seed = 3,
           .shards = shards},
          vocabulary,
          tokens,
          {}};
}

// Every element of a parameter's gradient, whatever rows it holds.
template <class T>
std::vector<T> dense(const Parameter<T>& p) {
  EXPECT_TRUE(p.sparse || p.gradient.size() == p.size()) << p.name();
  if (!p.sparse) return {p.gradient.begin(), p.gradient.end()};
  std::vector<T> all(p.size());
  const std::size_t width = p.shape()[1];
  for (std::size_t r = 0; r < p.rows.size(); ++r) {
    for (std::size_t i = 0; i < width; ++i) {
      all[p.rows[r] * width + i] = p.gradient[r * width + i];
    }
  }
  return all;
}

template <class T>
struct Updates {
  std::vector<double> losses;
  std::vector<std::vector<T>> gradients;
};

// Some windows that follow each other, the weights staying as they are.
template <class T>
Updates<T> run(std::size_t shards, int threads, bool tied = false, const CellOptions& cell = {}) {
  LanguageModelTask<T> task = make_task<T>(shards, tied, cell);
  Updates<T> updates;
  for (std::uint64_t update = 0; update < 3; ++update) {
    updates.losses.push_back(task.train_batch(ThreadTeam(threads), update).sum);
    for (const Parameter<T>* p : task.parameters()) updates.gradients.push_back(dense(*p));
  }
  return updates;
}

void check_sums(bool tied, const CellOptions& cell) {
  const Updates<double> whole = run<double>(1, 1, tied, cell);
  for (const std::size_t shards : {2u, 3u, 7u}) {
    const Updates<double> parts = run<double>(shards, 1, tied, cell);
    for (std::size_t i = 0; i < whole.losses.size(); ++i) {
      EXPECT_NEAR(parts.losses[i], whole.losses[i], 1e-11) << shards;
    }
    for (std::size_t p = 0; p < whole.gradients.size(); ++p) {
      for (std::size_t i = 0; i < whole.gradients[p].size(); ++i) {
        ASSERT_NEAR(parts.gradients[p][i], whole.gradients[p][i], 1e-13)
            << cell.name << " " << shards << " " << p;
      }
    }
  }
}

TEST(Shards, AddUpToTheWholeBatch) {
  for (const CellOptions& cell : all_cells()) {
    for (const bool tied : {false, true}) check_sums(tied, cell);
  }
}

TEST(Shards, ThreadsChangeNoBit) {
  const Updates<float> one = run<float>(3, 1);
  for (const int threads : {2, 3}) {
    const Updates<float> many = run<float>(3, threads);
    EXPECT_EQ(one.losses, many.losses);
    EXPECT_EQ(one.gradients, many.gradients);
  }
}

// The losses and gradients of an epoch of a sequence task, the weights staying as they are.
Updates<double> run_sequences(const SequenceModelDescription& description, const Sequences& data,
                              std::size_t shards, std::size_t bptt = 0) {
  SequenceTaskOptions options = {.description = description, .batch = 5, .bptt = bptt, .seed = 4};
  if (bptt > 0) options.description.options.bidirectional = false;
  options.shards = shards;
  const EncodedSequences encoded = description.preprocessing.encode(data);
  SequenceTask<double> task(options, encoded, {});
  Updates<double> updates;
  for (std::uint64_t update = 0; update < task.updates_per_epoch(); ++update) {
    updates.losses.push_back(task.train_batch(ThreadTeam(1), update).sum);
    for (const Parameter<double>* p : task.parameters()) updates.gradients.push_back(dense(*p));
  }
  return updates;
}

void expect_same(const Updates<double>& a, const Updates<double>& b, const std::string& what) {
  ASSERT_EQ(a.losses.size(), b.losses.size());
  for (std::size_t i = 0; i < a.losses.size(); ++i) {
    EXPECT_NEAR(a.losses[i], b.losses[i], 1e-10) << what << " update " << i;
  }
  for (std::size_t p = 0; p < a.gradients.size(); ++p) {
    for (std::size_t i = 0; i < a.gradients[p].size(); ++i) {
      ASSERT_NEAR(a.gradients[p][i], b.gradients[p][i], 1e-12) << what << " parameter " << p;
    }
  }
}

// Of sequences of different lengths with dropout the masks of several shards are the same ones, but
// not those of the batch in one piece, whose padding draws none.
TEST(Shards, OfSequencesAddUpToTheWholeBatch) {
  for (auto& [description, data] : all_kinds()) {
    const std::string what = description.options.head.name;
    const Updates<double> two = run_sequences(description, data, 2);
    expect_same(two, run_sequences(description, data, 5), what + " with dropout");
    SequenceModelDescription plain = description;
    plain.options.dropout = 0;
    const Updates<double> whole = run_sequences(plain, data, 1);
    for (const std::size_t shards : {2u, 3u, 5u}) {
      expect_same(whole, run_sequences(plain, data, shards), what);
    }
  }
}

TEST(Shards, CarryTheStatesOfTheirSequences) {
  for (auto& [description, data] : all_kinds()) {
    const SequenceModelOptions& o = description.options;
    if (!o.pooling.steps || o.head.name == "crf") continue;
    SequenceModelDescription plain = description;
    plain.options.dropout = 0;
    const Updates<double> whole = run_sequences(plain, data, 1, 2);
    EXPECT_GT(whole.losses.size(), 1u);
    expect_same(whole, run_sequences(plain, data, 3, 2), "windows");
  }
}

TEST(Shards, SparseRowsAreMerged) {
  Parameter<double> table("table", {6, 2});
  table.sparse = true;
  GradientSum<double> sum({&table});
  const auto add = [&](std::vector<std::uint32_t> rows, std::vector<double> values) {
    table.rows = std::move(rows);
    table.gradient = Tensor<double>({4, 2});
    std::copy(values.begin(), values.end(), table.gradient.begin());
    sum.add(ThreadTeam(1));
  };
  add({1, 4}, {1, 2, 3, 4});
  add({0, 4, 5}, {10, 20, 30, 40, 50, 60});
  add({4}, {100, 200});
  sum.give();
  EXPECT_EQ(table.rows, (std::vector<std::uint32_t>{0, 1, 4, 5}));
  EXPECT_EQ(std::vector<double>(table.gradient.begin(), table.gradient.begin() + 8),
            (std::vector<double>{10, 20, 1, 2, 133, 244, 50, 60}));
}

TEST(Shards, AreAtLeastOneAndAtMostTheRows) {
  EXPECT_EQ(message_of<ValueError>([] { make_task<float>(8); }),
            "shards is 8; wanted 1 to the 7 rows of a batch");
  EXPECT_EQ(message_of<ValueError>([] { make_task<float>(0); }),
            "shards is 0; wanted 1 to the 7 rows of a batch");
}

// A run goes on only with as many as it began with; without them its checkpoint is as it was.
TEST(Shards, AreInTheFingerprint) {
  EXPECT_EQ(make_task<float>(1).fingerprint().find("shards"), std::string::npos);
  EXPECT_NE(make_task<float>(2).fingerprint(), make_task<float>(3).fingerprint());
}

TEST(States, RowsAreGatheredAndScattered) {
  States<double> states(1, Tensor<double>({2, 3, 2}));
  for (std::size_t i = 0; i < 12; ++i) states[0][i] = static_cast<double>(i);
  const std::vector<std::size_t> rows = {2, 0};
  States<double> some;
  gather_rows<double>(states, rows, some);
  EXPECT_EQ(std::vector<double>(some[0].begin(), some[0].end()),
            (std::vector<double>{4, 5, 0, 1, 10, 11, 6, 7}));
  some[0].fill(-1);
  scatter_rows<double>(some, rows, states);
  EXPECT_EQ(std::vector<double>(states[0].begin(), states[0].end()),
            (std::vector<double>{-1, -1, 2, 3, -1, -1, -1, -1, 8, 9, -1, -1}));
  const std::vector<std::size_t> beyond = {3};
  EXPECT_THROW(gather_rows<double>(states, beyond, some), ValueError);
  EXPECT_THROW(scatter_rows<double>(some, beyond, states), ValueError);
  EXPECT_THROW(scatter_rows<double>(some, rows, states), ShapeError);
}

}  // namespace
}  // namespace unroll
