#include "rows.h"

#include <fmt/format.h>

#include <utility>

namespace unroll::benchmarks {
namespace {

const CellOptions kLstm = {.name = "lstm"};
const CellOptions kGru = {.name = "gru"};
const CellOptions kGruBefore = {.name = "gru", .reset = "before"};
const CellOptions kElman = {.name = "elman"};

using List = std::vector<Rows>;

NetworkShape square(const CellOptions& cell, std::size_t steps, std::size_t batch,
                    std::size_t hidden, std::size_t layers = 1) {
  return {.cell = cell,
          .steps = steps,
          .batch = batch,
          .inputs = hidden,
          .hidden = hidden,
          .layers = layers};
}

NetworkShape with_inputs(NetworkShape shape, std::size_t inputs) {
  shape.inputs = inputs;
  return shape;
}

NetworkShape with_vocabulary(NetworkShape shape, std::size_t words) {
  shape.vocabulary = words;
  return shape;
}

void add(List& list, const NetworkShape& shape) { list.push_back({.shape = shape}); }

void add_against(List& list, const NetworkShape& shape, const NetworkShape& reference,
                 const std::string& relation = "") {
  std::vector<Work> work = {Work::kTraining};
  if (shape.vocabulary == 0) work.insert(work.begin(), Work::kForward);
  list.push_back(
      {.shape = shape, .reference = reference, .relation = relation, .work = std::move(work)});
}

void add_every_cell(List& list) {
  for (const CellOptions& cell : {kLstm, kGru, kGruBefore, kElman}) {
    add(list, square(cell, 35, 20, 200));
    add(list, square(cell, 35, 20, 650));
    add(list, square(cell, 25, 16, 512));
    add(list, square(cell, 35, 20, 1500));
    add(list, square(cell, 5, 10, 100));
    add(list, square(cell, 100, 1, 128));
    add(list, square(cell, 150, 1, 256));
  }
}

void add_the_fields(List& list) {
  add(list, square(kLstm, 20, 20, 200, 2));  // Penn Treebank, small (Zaremba et al. 2014)
  add(list, square(kGru, 20, 20, 200, 2));
  add(list, square(kLstm, 35, 20, 650, 2));   // medium
  add(list, square(kLstm, 35, 20, 1500, 2));  // large
  add(list, square(kLstm, 25, 64, 1024));     // DeepBench
  add(list, square(kElman, 50, 32, 1760));    // DeepSpeech 2
  add(list, square(kGru, 187, 32, 1536));
  add(list, square(kLstm, 25, 1, 512));                       // latency
  add(list, with_inputs(square(kLstm, 256, 32, 1024), 240));  // RNN-T encoder
}

void add_off_the_grid(List& list) {
  for (const CellOptions& cell : {kLstm, kGru}) {
    add(list, with_inputs(square(cell, 31, 7, 131), 90));
    add(list, square(cell, 35, 3, 200));
    add(list, square(cell, 35, 4, 200));
    for (const std::size_t hidden : {127u, 128u, 129u, 130u}) {
      add(list, square(cell, 35, 20, hidden));
    }
  }
}

// The nearest shape whose I and H are whole vectors of AVX-512 and whose N divides by four.
void add_neighbours(List& list) {
  for (const CellOptions& cell : {kLstm, kGru, kElman}) {
    const auto off = [&](const NetworkShape& shape, const NetworkShape& aligned) {
      add_against(list, shape, aligned, "neighbour");
    };
    off(with_inputs(square(cell, 31, 7, 131), 90), with_inputs(square(cell, 31, 8, 128), 96));
    for (const std::size_t inputs : {1u, 90u}) {
      off(with_inputs(square(cell, 35, 20, 128), inputs),
          with_inputs(square(cell, 35, 20, 128), inputs == 1 ? 16 : 96));
    }
    off(square(cell, 35, 3, 200), square(cell, 35, 4, 200));
    off(square(cell, 35, 7, 200), square(cell, 35, 8, 200));
    for (const std::size_t hidden : {127u, 129u, 130u}) {
      off(square(cell, 35, 20, hidden), square(cell, 35, 20, 128));
    }
    off(square(cell, 35, 20, 200), square(cell, 35, 20, 208));
  }
}

void add_doubled_sizes(List& list) {
  for (const CellOptions& cell : {kLstm, kGru, kElman}) {
    const NetworkShape base = square(cell, 35, 20, 200);
    add_against(list, square(cell, 70, 20, 200), base, "doubled_T");
    add_against(list, square(cell, 35, 40, 200), base, "doubled_N");
    add_against(list, square(cell, 35, 20, 400), base, "doubled_H");
  }
  const NetworkShape model = square(kLstm, 35, 20, 200);
  add_against(list, with_vocabulary(model, 20'000), with_vocabulary(model, 10'000), "doubled_V");
}

// Penn Treebank, small and medium: the networks alone, and the whole updates.
void add_dropout(List& list) {
  for (const std::size_t words : {0u, 10'000u}) {
    for (const NetworkShape& plain : {with_vocabulary(square(kLstm, 20, 20, 200, 2), words),
                                      with_vocabulary(square(kLstm, 35, 20, 650, 2), words)}) {
      NetworkShape shape = plain;
      shape.dropout = 0.5;
      add_against(list, shape, plain);
      // Inference draws no masks.
      list.back().work = {Work::kTraining};
    }
  }
}

void add_unequal_lengths(List& list) {
  for (const CellOptions& cell : {kLstm, kGru, kElman}) {
    for (const NetworkShape& full : {square(cell, 35, 20, 200), square(cell, 100, 64, 128)}) {
      NetworkShape shape = full;
      shape.uniform_lengths = true;
      add_against(list, shape, full);
    }
  }
}

// One step of one sequence, as in speech and audio.
void add_steps(List& list) {
  const auto step = [&](const CellOptions& cell, std::size_t inputs, std::size_t hidden,
                        std::size_t layers = 1) {
    add(list, with_inputs(square(cell, 1, 1, hidden, layers), inputs));
    list.back().work = {Work::kForward};
  };
  step(kLstm, 128, 128);  // voice activity detection
  step(kGru, 128, 128);
  step(kLstm, 320, 320);                              // RNN-T prediction
  step(kGru, 256, 256, 3);                            // noise suppression
  for (const std::size_t hidden : {16u, 32u, 64u}) {  // audio effects
    step(kLstm, hidden, hidden);
    step(kGru, hidden, hidden);
  }
  step(kLstm, 1, 20);
  step(kLstm, 1, 40);
}

}  // namespace

std::string row_name(const Rows& rows, Work work, int threads) {
  std::string name = shape_name(rows.shape);
  if (!rows.relation.empty()) name += "_" + rows.relation;
  return fmt::format("{}/{}/threads:{}", name, work_name(work), threads);
}

std::vector<Rows> all_rows() {
  List list;
  add_every_cell(list);
  add_the_fields(list);
  add_off_the_grid(list);
  add_neighbours(list);
  add_doubled_sizes(list);
  add_unequal_lengths(list);
  add_dropout(list);
  add_steps(list);
  return list;
}

}  // namespace unroll::benchmarks
