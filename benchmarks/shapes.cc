#include "shapes.h"

#include <fmt/format.h>

namespace unroll::benchmarks {

std::string shape_name(const NetworkShape& shape) {
  std::string name = shape.cell.name;
  if (shape.cell.name == "gru" && shape.cell.reset == "before") name += "_before";
  name += fmt::format("/T{}_N{}", shape.steps, shape.batch);
  if (shape.inputs != shape.hidden) name += fmt::format("_I{}", shape.inputs);
  name += fmt::format("_H{}", shape.hidden);
  if (shape.layers != 1) name += fmt::format("_L{}", shape.layers);
  if (shape.vocabulary != 0) name += fmt::format("_V{}", shape.vocabulary);
  if (shape.dropout != 0) name += "_dropout";
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

}  // namespace unroll::benchmarks
