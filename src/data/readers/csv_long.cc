#include <optional>
#include <string>
#include <unordered_map>

#include "core/range.h"
#include "data/number.h"
#include "data/readers/csv_layouts.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/calendar.h"

namespace unroll::detail {
namespace {

class StepReader {
 public:
  StepReader(const CsvTable& table, const CsvColumns& columns, Sequences& out)
      : table_(table), columns_(columns), out_(out) {}

  void read_row() {
    check_csv_index(table_, columns_);
    if (columns_.id) {
      const std::string id = csv_name(table_, *columns_.id, "id");
      if (out_.ids.empty() || id != out_.ids.back()) begin(id);
    }
    if (columns_.time) check_time(trim(table_.cell(*columns_.time)));
    for (const std::size_t column : columns_.features) {
      out_.values.push_back(csv_value(table_, column));
    }
    read_targets();
    is_first_ = false;
    ++steps_;
  }

  void finish() {
    if (steps_ > 0) end_sequence(out_, steps_);
    steps_ = 0;
    is_first_ = true;
  }

 private:
  void begin(const std::string& id) {
    finish();
    const auto [first, is_new] = first_lines_.emplace(id, table_.line());
    if (!is_new) {
      table_.fail(*columns_.id, "the id " + quote(id) +
                                    " comes again, after another one; it began in line " +
                                    std::to_string(first->second) + "; sort the file by id");
    }
    out_.ids.push_back(id);
  }

  // Numbers or dates, which rise within a sequence.
  void check_time(std::string_view text) {
    const auto date = parse_date(text);
    const Number number = parse_number(text);
    const bool is_number = number.problem == nullptr && number.value == number.value;
    if (!is_number && !date) {
      table_.fail(*columns_.time,
                  quote(text) + " is neither a number nor a date such as 2024-02-29");
    }
    // 20240229 is both, and rises as a number does.
    const double time = is_number ? number.value : static_cast<double>(*date);
    if (!is_first_) {
      if (is_number != time_is_number_) {
        table_.fail(*columns_.time, quote(text) + " follows " + quote(time_text_) +
                                        ": wanted numbers alone or dates alone");
      }
      if (time <= time_) {
        table_.fail(*columns_.time,
                    "the time " + quote(text) + " follows " + quote(time_text_) +
                        (time == time_ ? ": it stands twice"
                                       : ": it does not rise; sort the file by time") +
                        (columns_.id ? " within its id" : ""));
      }
    }
    time_ = time;
    time_is_number_ = is_number;
    time_text_ = text;
  }

  void read_targets() {
    for (std::size_t i = 0; i < columns_.targets.size(); ++i) {
      const std::size_t column = columns_.targets[i];
      switch (out_.target) {
        case TargetKind::kStepLabel:
          out_.labels.push_back(csv_name(table_, column, "label"));
          break;
        case TargetKind::kStepValue:
          out_.targets.push_back(csv_target(table_, column));
          break;
        case TargetKind::kLabel:
          check_constant(column, csv_name(table_, column, "label"), out_.labels, 1, i);
          break;
        case TargetKind::kValue:
          check_constant(column, csv_target(table_, column), out_.targets, out_.target_width, i);
          break;
        case TargetKind::kNone:
          break;
      }
    }
  }

  static std::string shown(const std::string& label) { return quote(label); }
  static std::string shown(double value) { return number_text(value); }

  // What a sequence has once stands in all of its rows.
  template <class Value>
  void check_constant(std::size_t column, const Value& value, std::vector<Value>& values,
                      std::size_t width, std::size_t i) {
    if (is_first_) {
      values.push_back(value);
      return;
    }
    const Value& first = values[values.size() - width + i];
    if (value != first) {
      table_.fail(column, shown(value) + " after " + shown(first) +
                              " in the same sequence; the target must be the same in all its rows");
    }
  }

  const CsvTable& table_;
  const CsvColumns& columns_;
  Sequences& out_;
  std::unordered_map<std::string, std::uint64_t> first_lines_;  // of every id
  std::size_t steps_ = 0;                                       // of the current sequence
  bool is_first_ = true;                                        // row of the current sequence
  double time_ = 0;
  bool time_is_number_ = false;
  std::string time_text_;
};

}  // namespace

void read_csv_long(CsvTable& table, const CsvColumns& columns, Sequences& out) {
  out.features = columns.features.size();
  if (table.has_header()) {
    for (const std::size_t column : columns.features) {
      out.feature_names.push_back(table.name(column));
    }
  }
  StepReader steps(table, columns, out);
  while (table.next()) steps.read_row();
  steps.finish();
}

}  // namespace unroll::detail
