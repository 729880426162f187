#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "data/number.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/data_summary.h"

namespace unroll {
namespace {

// Labels that are fewer may differ by chance.
constexpr std::size_t kFewestLabels = 10;

// Whether there are `count` things, each of them twice in the mean, and more than one.
bool repeat(std::size_t different, std::size_t count) {
  return different > 1 && 2 * different <= count;
}

// What names a column in an option.
std::string option_name(const TableColumns& table, std::size_t column) {
  return table.names.empty() ? std::to_string(column + 1) : printable(table.names[column]);
}

// Whether the cells of a column of a wide table are whole numbers that come again.
bool looks_like_label(const Sequences& s, std::size_t k) {
  std::unordered_set<double> values;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (k >= s.length(i) * s.features) return false;
    const double value = s.values[s.begin[i] * s.features + k];
    if (!(std::floor(value) == value)) return false;
    values.insert(value);
  }
  return repeat(values.size(), s.size());
}

// The one column that looks like the label, as an advice; empty where there is none or more.
std::string label_advice(const Sequences& s) {
  const auto& table = s.reading.table;
  if (!table || table->is_long) return "";
  std::string advice;
  for (std::size_t k = 0; k < table->features.size(); ++k) {
    if (!looks_like_label(s, k)) continue;
    if (!advice.empty()) return "";
    const std::size_t column = table->features[k];
    advice = table->label(column) + " holds few whole numbers and looks like the label: --target " +
             option_name(*table, column);
  }
  return advice;
}

// Of label<TAB>text, where what follows the tab is one of few words.
std::string swapped_text_advice(const Sequences& s) {
  if (s.reading.format != "text") return "";
  std::unordered_set<std::string_view> words;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s.length(i) != 1) return "";
    words.insert(s.tokens[s.begin[i]]);
  }
  if (!repeat(words.size(), s.size())) return "";
  return "what follows the tab, such as " + quote(s.tokens[0]) +
         ", looks like the label: --label-column 2";
}

std::string advice_of(const Sequences& s) {
  std::string advice = label_advice(s);
  if (advice.empty()) advice = swapped_text_advice(s);
  if (!advice.empty()) return advice;
  const bool numbers = std::all_of(s.labels.begin(), s.labels.end(), [](const std::string& label) {
    return detail::parse_number(label).problem == nullptr;
  });
  const std::string column = s.reading.table ? "name the column of the label with --target" : "";
  if (!numbers) return column.empty() ? "is it the label?" : column;
  return (column.empty() ? "" : column + ", or ") +
         std::string("train numbers with `unroll train regress`");
}

void require_labels_that_repeat(const Sequences& s) {
  const std::size_t count = s.labels.size();
  if (count < kFewestLabels) return;
  const std::unordered_set<std::string_view> different(s.labels.begin(), s.labels.end());
  if (2 * different.size() <= count) return;
  const auto& table = s.reading.table;
  throw FormatError(
      s.source + ": nearly every label is another one: " + detail::counted(count, "label") + ", " +
      std::to_string(different.size()) + " of them different, such as " + quote(s.labels[0]) +
      (table && !table->targets.empty() ? " of " + table->label(table->targets[0]) : "") + "; " +
      advice_of(s));
}

void require_sequences(const Sequences& s) {
  const auto& table = s.reading.table;
  if (!table || !table->is_long || !table->id) return;
  const std::string id = table->label(*table->id);
  if (s.size() == 1 && s.steps() > 1) {
    throw FormatError(s.source + ": " + id + ", the id, is " + quote(s.ids[0]) +
                      " in every row, which makes one sequence of the file; name the column that "
                      "tells sequences apart (--id), or leave it out (--ignore " +
                      option_name(*table, *table->id) + ")");
  }
  if (s.size() >= kFewestLabels && s.steps() == s.size()) {
    throw FormatError(s.source + ": every row has an id of its own in " + id +
                      ", so that every sequence has one step; name the column that the rows of a "
                      "sequence share (--id), or say --layout wide for a row a sequence");
  }
}

}  // namespace

void require_plausible(const Sequences& train, bool label_sets) {
  require_sequences(train);
  if (is_label(train.target) && !label_sets) require_labels_that_repeat(train);
}

}  // namespace unroll
