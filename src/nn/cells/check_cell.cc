// What the time loop of a recurrence asks of a cell.

#include <algorithm>

#include "nn/cells/cell.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

[[noreturn]] void refuse_cell(const Cell& cell, const std::string& what) {
  throw ValueError("the cell '" + cell.options.name + "' " + what);
}

void check_row_stages(const Cell& cell) {
  std::vector<std::size_t> stages_of(cell.slots.size());
  std::vector<std::string> names;
  bool inner = false;
  for (const RowStage& stage : cell.row_stages) {
    const std::string name = "the row stage '" + stage.name + "'";
    if (stage.name.empty() || std::find(names.begin(), names.end(), stage.name) != names.end()) {
      refuse_cell(cell, "has " + name + ", whose name is empty or that of another");
    }
    names.push_back(stage.name);
    if (stage.count == 0 || stage.slot + stage.count > cell.slots.size()) {
      refuse_cell(cell, "has " + name + " for " + std::to_string(stage.count) + " slots from " +
                            std::to_string(stage.slot) + " on, of " +
                            std::to_string(cell.slots.size()));
    }
    const bool first_is_inner = cell.slots[stage.slot].inner;
    inner = inner || first_is_inner;
    for (std::size_t s = stage.slot; s < stage.slot + stage.count; ++s) {
      if (cell.slots[s].is_vector() || cell.slots[s].inner != first_is_inner) {
        refuse_cell(cell, "has " + name + " for slot " + std::to_string(s) +
                              "; wanted pre-activations alone, or inner slots alone");
      }
      if (++stages_of[s] > 1) {
        refuse_cell(cell, "has two row stages for slot " + std::to_string(s));
      }
    }
  }
  for (std::size_t s = 0; s < cell.slots.size(); ++s) {
    if (cell.slots[s].inner && stages_of[s] == 0) {
      refuse_cell(cell, "has an inner slot " + std::to_string(s) + " that no row stage normalises");
    }
  }
  if (inner != (cell.reference_f64.output != nullptr) ||
      inner != (cell.reference_f64.output_backward != nullptr)) {
    refuse_cell(cell,
                "wants output() and output_backward() where it has inner slots, and there "
                "alone");
  }
  if (cell.row_stages.empty()) return;
  // Threads share the units of the one between its steps, and the rows of the other.
  if (!cell.is_recurrent()) refuse_cell(cell, "has row stages but no recurrent weights");
  if (cell.second_product < cell.gates.size()) {
    refuse_cell(cell, "has row stages and a second product; wanted one of them");
  }
}

}  // namespace

void check_cell(const Cell& cell) {
  const auto refuse = [&](const std::string& what) { refuse_cell(cell, what); };
  const std::size_t gates = cell.gates.size();
  if (cell.states.empty() || cell.states.size() > kMaxCellStates) {
    refuse("has " + std::to_string(cell.states.size()) + " states; wanted 1 to " +
           std::to_string(kMaxCellStates) + ", h first");
  }
  if (cell.second_product > gates) {
    refuse("has its second product from gate " + std::to_string(cell.second_product) + " on, of " +
           std::to_string(gates) + " gates");
  }
  std::vector<std::size_t> input(gates), recurrent(gates);
  std::size_t vectors = 0;
  for (std::size_t s = 0; s < cell.slots.size(); ++s) {
    const Slot& slot = cell.slots[s];
    const std::string name = "slot " + std::to_string(s);
    if (slot.is_vector()) {
      if (slot.gate != vectors++) refuse("has " + name + " for a row of vectors out of order");
      continue;
    }
    if (slot.inner) continue;
    if (slot.gate >= gates) {
      refuse("has " + name + " for gate " + std::to_string(slot.gate) + " of " +
             std::to_string(gates));
    }
    input[slot.gate] += slot.input ? 1 : 0;
    recurrent[slot.gate] += slot.recurrent ? 1 : 0;
  }
  if ((vectors > 0) == cell.vectors.empty()) {
    refuse("has " + std::to_string(vectors) + " slots for rows of vectors, and " +
           (cell.vectors.empty() ? "no name for them" : "a name for them"));
  }
  const std::size_t of_first = recurrent.empty() ? 0 : recurrent.front();
  for (std::size_t g = 0; g < gates; ++g) {
    const std::string name = "gate '" + cell.gates[g] + "'";
    if (input[g] != 1) {
      refuse("has " + std::to_string(input[g]) + " slots that the input of " + name +
             " reaches; wanted 1");
    }
    if (recurrent[g] != of_first || of_first > 1) {
      refuse("has " + std::to_string(recurrent[g]) + " slots that the recurrent product of " +
             name + " reaches; wanted 1 for every gate, or none for all");
    }
  }
  if (gates == 0) refuse("has no gate");
  const bool second = cell.second_product < gates;
  if (second != (cell.reference_f64.gate != nullptr) ||
      second != (cell.reference_f64.gate_backward != nullptr)) {
    refuse("wants gate() and gate_backward() where it has a second product, and there alone");
  }
  if (second && of_first == 0) refuse("has a second product but no recurrent weights");
  check_row_stages(cell);
}

}  // namespace unroll
