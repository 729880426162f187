#include <algorithm>

#include "nn/cells/cell.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll {

// One line a cell, defined in the file of its name.
Cell elman_identity();
Cell elman_relu();
Cell elman_tanh();
Cell gru();
Cell gru_reset_before();
Cell layer_norm_gru();
Cell layer_norm_lstm();
Cell lstm();
Cell min_gru();
Cell min_lstm();
Cell peephole_lstm();
Cell slstm();
Cell slstm_exponential();
Cell sru();

namespace {

std::vector<Cell> checked(std::vector<Cell> cells) {
  for (const Cell& cell : cells) check_cell(cell);
  return cells;
}

const std::vector<Cell>& registry() {
  static const std::vector<Cell> cells =
      checked({elman_tanh(), elman_relu(), elman_identity(), gru(), gru_reset_before(), lstm(),
               peephole_lstm(), layer_norm_lstm(), layer_norm_gru(), min_gru(), min_lstm(), sru(),
               slstm(), slstm_exponential()});
  return cells;
}

// The values that `member` has among the cells called `name`.
std::vector<std::string> variants(const std::string& name, std::string CellOptions::*member) {
  std::vector<std::string> values;
  for (const Cell& cell : registry()) {
    const std::string& value = cell.options.*member;
    if (cell.options.name == name &&
        std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(value);
    }
  }
  return values;
}

// Throws unless `value` is one of `known`; a cell without variants takes the default alone.
void check_variant(const CellOptions& options, const char* what, std::string CellOptions::*member) {
  const std::vector<std::string> known = variants(options.name, member);
  if (std::find(known.begin(), known.end(), options.*member) != known.end()) return;
  if (known.size() == 1) {
    throw ValueError("the cell '" + options.name + "' has no choice of " + what + "; leave " +
                     what + " at '" + known.front() + "' instead of " + quote(options.*member));
  }
  throw ValueError(unknown_name_message(std::string(what) + " of the cell '" + options.name + "'",
                                        options.*member, known));
}

}  // namespace

const Cell& find_cell(const CellOptions& options) {
  CellOptions with_one_head = options;
  with_one_head.heads = 1;
  for (const Cell& cell : registry()) {
    if (cell.options == with_one_head) return cell;
  }
  const std::vector<std::string> names = cell_names();
  if (std::find(names.begin(), names.end(), options.name) == names.end()) {
    throw ValueError(unknown_name_message("cell", options.name, names));
  }
  check_variant(options, "activation", &CellOptions::activation);
  check_variant(options, "reset", &CellOptions::reset);
  throw ValueError("the cell '" + options.name + "' has no variant with activation " +
                   quote(options.activation) + " and reset " + quote(options.reset));
}

bool has_forget_gate(const CellOptions& options) {
  const std::vector<std::string>& gates = find_cell(options).gates;
  return std::find(gates.begin(), gates.end(), "f") != gates.end();
}

bool has_recurrent_weights(const CellOptions& options) { return find_cell(options).is_recurrent(); }

double difference_step(const CellOptions& options) { return find_cell(options).difference_step; }

std::vector<std::string> cell_names() {
  std::vector<std::string> names;
  for (const Cell& cell : registry()) {
    if (std::find(names.begin(), names.end(), cell.options.name) == names.end()) {
      names.push_back(cell.options.name);
    }
  }
  return names;
}

std::vector<CellOptions> all_cells() {
  std::vector<CellOptions> options;
  for (const Cell& cell : registry()) options.push_back(cell.options);
  return options;
}

}  // namespace unroll
