#pragma once

#include <map>
#include <utility>
#include <vector>

#include "nn/cells/cell.h"

namespace unroll {

// One term of a cell's backward pass.
struct BackwardTerm {
  enum Stage {
    kPointwise,  // what d(state `input`) gives to `output` in backward()
    kOutput,     // what it gives in output_backward(), which runs before
    kOperand,    // what d(operand of the second product) gives to `output`
    kProduct,    // the recurrent product's da W_hh, given to d(h_{t-1})
  };
  Stage stage;
  std::size_t input = 0;
  std::size_t output = 0;  // d(pre-activation) of this slot; from slots.size() on, d(state)
};

// For its lifetime, the registered cell's double functions lack one term of the backward pass.
// Recurrences made meanwhile have it built in, and must not run afterwards. One at a time.
class BrokenCell {
 public:
  BrokenCell(const CellOptions& options, const BackwardTerm& term)
      : cell_(const_cast<Cell&>(find_cell(options))), kept_(cell_.simd_f64) {
    term_ = term;
    slots_ = cell_.slots.size();
    states_ = cell_.states.size();
    made_a_difference_ = false;
    working_ = cell_.simd_f64();
    cell_.simd_f64 = [] {
      CellFunctions<double> functions = working_;
      functions.backward = [](const CellStepBackward<double>& step) {
        const bool first = working_.output_backward == nullptr;
        if (first && term_.stage == BackwardTerm::kProduct) leave_out_product(step);
        call(BackwardTerm::kPointwise, working_.backward, step);
      };
      if (working_.output_backward != nullptr) {
        functions.output_backward = [](const CellStepBackward<double>& step) {
          if (term_.stage == BackwardTerm::kProduct) leave_out_product(step);
          call(BackwardTerm::kOutput, working_.output_backward, step);
        };
      }
      if (working_.gate_backward != nullptr) {
        functions.gate_backward = [](const CellStepBackward<double>& step) {
          call(BackwardTerm::kOperand, working_.gate_backward, step);
        };
      }
      return functions;
    };
  }
  BrokenCell(const BrokenCell&) = delete;
  BrokenCell& operator=(const BrokenCell&) = delete;
  ~BrokenCell() { cell_.simd_f64 = kept_; }

  // Before each backward pass.
  static void forget() { pointwise_.clear(); }
  // Whether the term ever was anything but zero.
  static bool made_a_difference() { return made_a_difference_; }

 private:
  using Function = void (*)(const CellStepBackward<double>&);
  using Values = std::vector<double>;

  // Calls `function`; if the term is one of this stage, `output` is what it would be were the
  // term's input zero.
  static void call(BackwardTerm::Stage stage, Function function,
                   const CellStepBackward<double>& step) {
    const std::size_t hidden = step.hidden;
    std::vector<Values> a, d, operand;  // [row], [state · rows + row], [row]
    if (stage == term_.stage) {
      for (std::size_t r = 0; r < step.rows; ++r) {
        a.emplace_back(step.a[r], step.a[r] + slots_ * hidden);
        if (step.d_operand != nullptr) operand.emplace_back(hidden, 0.0);
      }
      for (std::size_t k = 0; k < states_; ++k) {
        const bool zero = stage != BackwardTerm::kOperand && k == term_.input;
        for (std::size_t r = 0; r < step.rows; ++r) {
          d.emplace_back(step.d_state[k][r], step.d_state[k][r] + hidden);
          if (zero) d.back().assign(hidden, 0.0);
        }
      }
    }
    function(step);
    if (stage == term_.stage) {
      call_on_copies(function, step, a, d, operand);
      for (std::size_t r = 0; r < step.rows; ++r) {
        const bool to_slot = term_.output < slots_;
        const std::size_t state = to_slot ? 0 : term_.output - slots_;
        double* to = to_slot ? step.a[r] + term_.output * hidden : step.d_state[state][r];
        const double* from =
            to_slot ? &a[r][term_.output * hidden] : d[state * step.rows + r].data();
        for (std::size_t u = step.begin; u < step.end; ++u) {
          made_a_difference_ = made_a_difference_ || to[u] != from[u];
          to[u] = from[u];
        }
      }
    }
    if (term_.stage != BackwardTerm::kProduct) return;
    for (std::size_t r = 0; r < step.rows; ++r) {
      for (std::size_t u = step.begin; u < step.end; ++u) {
        pointwise_[step.d_state[0][r] + u] = step.d_state[0][r][u];
      }
    }
  }

  static void call_on_copies(Function function, const CellStepBackward<double>& step,
                             std::vector<Values>& a, std::vector<Values>& d,
                             std::vector<Values>& operand) {
    std::vector<double*> a_rows, d_rows;
    std::vector<double* const*> d_of_state;
    std::vector<const double*> operand_rows;
    for (Values& row : a) a_rows.push_back(row.data());
    for (Values& row : d) d_rows.push_back(row.data());
    for (std::size_t k = 0; k < states_; ++k) d_of_state.push_back(&d_rows[k * step.rows]);
    for (Values& row : operand) operand_rows.push_back(row.data());
    CellStepBackward<double> copy = step;
    copy.a = a_rows.data();
    copy.d_state = d_of_state.data();
    if (term_.stage != BackwardTerm::kOperand && term_.input == 0) copy.dy = nullptr;
    if (step.d_operand != nullptr) copy.d_operand = operand_rows.data();
    function(copy);
  }

  // In: d(h_t) less dy, the pointwise part that the step after this one left there, plus da W_hh.
  // Out: the pointwise part.
  static void leave_out_product(const CellStepBackward<double>& step) {
    for (std::size_t r = 0; r < step.rows; ++r) {
      for (std::size_t u = step.begin; u < step.end; ++u) {
        double* d = step.d_state[0][r] + u;
        const auto found = pointwise_.find(d);
        if (found == pointwise_.end()) continue;
        made_a_difference_ = made_a_difference_ || *d != found->second;
        *d = found->second;
      }
    }
  }

  inline static BackwardTerm term_;
  inline static std::size_t slots_, states_;
  inline static bool made_a_difference_;
  inline static CellFunctions<double> working_;
  inline static std::map<const double*, double> pointwise_;

  // The registry's cells are const by its interface alone; only tests change one.
  Cell& cell_;
  CellFunctions<double> (*kept_)();
};

}  // namespace unroll
