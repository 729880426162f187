#include "shapes.h"

#include <fmt/format.h>

namespace unroll::benchmarks {
namespace {

const CellOptions kLstm = {.name = "lstm"};
const CellOptions kGru = {.name = "gru"};
const CellOptions kGruBefore = {.name = "gru", .reset = "before"};
const CellOptions kElman = {.name = "elman"};

using Shapes = std::vector<NetworkShape>;

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

// One step of one sequence, as in speech and audio.
NetworkShape step(const CellOptions& cell, std::size_t inputs, std::size_t hidden,
                  std::size_t layers = 1) {
  NetworkShape shape = with_inputs(square(cell, 1, 1, hidden, layers), inputs);
  shape.work = {Work::kForward};
  return shape;
}

NetworkShape of_unequal_lengths(NetworkShape shape) {
  shape.uniform_lengths = true;
  shape.work = {Work::kForward, Work::kTraining};
  return shape;
}

void add_every_cell(Shapes& shapes) {
  for (const CellOptions& cell : {kLstm, kGru, kGruBefore, kElman}) {
    shapes.push_back(square(cell, 35, 20, 200));
    shapes.push_back(square(cell, 35, 20, 650));
    shapes.push_back(square(cell, 25, 16, 512));
    shapes.push_back(square(cell, 35, 20, 1500));
    shapes.push_back(square(cell, 5, 10, 100));
    shapes.push_back(square(cell, 100, 1, 128));
    shapes.push_back(square(cell, 150, 1, 256));
  }
}

void add_the_fields(Shapes& shapes) {
  shapes.push_back(square(kLstm, 20, 20, 200, 2));  // Penn Treebank, small (Zaremba et al. 2014)
  shapes.push_back(square(kGru, 20, 20, 200, 2));
  shapes.push_back(square(kLstm, 35, 20, 650, 2));   // medium
  shapes.push_back(square(kLstm, 35, 20, 1500, 2));  // large
  shapes.push_back(square(kLstm, 25, 64, 1024));     // DeepBench
  shapes.push_back(square(kElman, 50, 32, 1760));    // DeepSpeech 2
  shapes.push_back(square(kGru, 187, 32, 1536));
  shapes.push_back(square(kLstm, 25, 1, 512));                       // latency
  shapes.push_back(with_inputs(square(kLstm, 256, 32, 1024), 240));  // RNN-T encoder
}

void add_off_the_grid(Shapes& shapes) {
  for (const CellOptions& cell : {kLstm, kGru}) {
    shapes.push_back(with_inputs(square(cell, 31, 7, 131), 90));
    shapes.push_back(square(cell, 35, 3, 200));
    shapes.push_back(square(cell, 35, 4, 200));
    for (const std::size_t hidden : {127u, 128u, 129u, 130u}) {
      shapes.push_back(square(cell, 35, 20, hidden));
    }
  }
}

void add_unequal_lengths(Shapes& shapes) {
  for (const CellOptions& cell : {kLstm, kGru, kElman}) {
    shapes.push_back(of_unequal_lengths(square(cell, 35, 20, 200)));
    shapes.push_back(of_unequal_lengths(square(cell, 100, 64, 128)));
  }
}

void add_steps(Shapes& shapes) {
  shapes.push_back(step(kLstm, 128, 128));  // voice activity detection
  shapes.push_back(step(kGru, 128, 128));
  shapes.push_back(step(kLstm, 320, 320));            // RNN-T prediction
  shapes.push_back(step(kGru, 256, 256, 3));          // noise suppression
  for (const std::size_t hidden : {16u, 32u, 64u}) {  // audio effects
    shapes.push_back(step(kLstm, hidden, hidden));
    shapes.push_back(step(kGru, hidden, hidden));
  }
  shapes.push_back(step(kLstm, 1, 20));
  shapes.push_back(step(kLstm, 1, 40));
}

}  // namespace

std::string shape_name(const NetworkShape& shape) {
  std::string name = shape.cell.name;
  if (shape.cell.name == "gru" && shape.cell.reset == "before") name += "_before";
  name += fmt::format("/T{}_N{}", shape.steps, shape.batch);
  if (shape.inputs != shape.hidden) name += fmt::format("_I{}", shape.inputs);
  name += fmt::format("_H{}", shape.hidden);
  if (shape.layers != 1) name += fmt::format("_L{}", shape.layers);
  if (shape.uniform_lengths) name += "_uniform";
  return name;
}

std::string work_name(Work work) {
  switch (work) {
    case Work::kForward:
      return "forward";
    case Work::kBackward:
      return "backward";
    case Work::kTraining:
      return "training";
  }
  return "";
}

std::vector<NetworkShape> all_shapes() {
  Shapes shapes;
  add_every_cell(shapes);
  add_the_fields(shapes);
  add_off_the_grid(shapes);
  add_unequal_lengths(shapes);
  add_steps(shapes);
  return shapes;
}

}  // namespace unroll::benchmarks
