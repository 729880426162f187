// The columns of a file as those of the table that a model was trained on.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "data/readers/csv_columns.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kShownNames = 5;

std::string listed(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShownNames); ++i) {
    text += (i > 0 ? ", " : "") + quote(names[i]);
  }
  return text + (names.size() > kShownNames ? ", …" : "");
}

class TrainedColumns {
 public:
  TrainedColumns(const CsvTable& table, const SequenceReaderOptions& options)
      : table_(table), options_(options), trained_(*options.trained) {}

  CsvColumns find() {
    if (!options_.layout.empty() && (options_.layout == "long") != trained_.is_long) {
      throw ValueError("layout is " + options_.layout +
                       ", but the model was trained on a table of " + "layout " +
                       (trained_.is_long ? "long" : "wide"));
    }
    refuse_ignored_features();
    columns_.is_long = trained_.is_long, columns_.nan_is_padding = trained_.nan_is_padding;
    if (table_.has_header() && has_distinct_names()) {
      find_by_name();
    } else {
      find_by_number();
    }
    return std::move(columns_);
  }

 private:
  bool wants_target() const { return options_.target != TargetKind::kNone; }

  void refuse_ignored_features() const {
    if (options_.ignored_columns.empty()) return;
    for (const std::size_t i : trained_.features) {
      for (const std::string& ignored : options_.ignored_columns) {
        if (ignored != std::to_string(i + 1) &&
            (trained_.names.empty() || ignored != trained_.names[i])) {
          continue;
        }
        throw ValueError(table_.file() + ": ignore is " + printable(ignored) +
                         ", but the model was trained on that column");
      }
    }
  }

  // Of the training table: then the names tell the features apart.
  bool has_distinct_names() const {
    if (trained_.names.empty()) return false;
    std::set<std::string_view> names;
    for (const std::size_t i : trained_.features) {
      if (trained_.names[i].empty() || !names.insert(trained_.names[i]).second) return false;
    }
    return true;
  }

  // What an option says, or else the training table.
  std::string name_of(const std::string& given, std::optional<std::size_t> trained) const {
    if (!trained) return given;
    const bool is_its_number = is_column_number(given) && given == std::to_string(*trained + 1);
    return given.empty() || is_its_number ? trained_.names[*trained] : given;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(table_.file() + ": " + what);
  }

  std::optional<std::size_t> use(const std::string& name, const char* as, bool needed) {
    if (name.empty()) return std::nullopt;
    auto found = table_.find_column(name);
    if (!found) found = table_.find(name);  // in capitals or not
    if (!found && needed) {
      fail("has no column " + quote(name) + ", " + as + " of the training data; its columns are " +
           listed(table_.names()));
    }
    if (found) used_[*found] = as;
    return found;
  }

  void find_by_name() {
    used_.assign(table_.columns(), nullptr);
    columns_.id = use(name_of(options_.id_column, trained_.id), "the id", trained_.is_long);
    columns_.time = use(name_of(options_.time_column, trained_.time), "the time", trained_.is_long);
    const Names& given = options_.target_columns;
    const std::size_t targets = std::max(given.size(), trained_.targets.size());
    for (std::size_t i = 0; i < targets; ++i) {
      std::optional<std::size_t> trained;
      if (i < trained_.targets.size()) trained = trained_.targets[i];
      const std::string name = name_of(i < given.size() ? given[i] : "", trained);
      const auto column = use(name, "the target", wants_target());
      if (column && wants_target()) columns_.targets.push_back(*column);
    }
    std::unordered_map<std::string_view, std::size_t> places;
    std::set<std::string_view> twice;
    for (std::size_t i = 0; i < table_.columns(); ++i) {
      if (!places.emplace(table_.name(i), i).second) twice.insert(table_.name(i));
    }
    Names absent;
    for (const std::size_t i : trained_.features) {
      const auto found = places.find(trained_.names[i]);
      if (found == places.end()) {
        absent.push_back(trained_.names[i]);
        continue;
      }
      if (used_[found->second] != nullptr) {
        fail(table_.label(found->second) + " is " + used_[found->second] +
             ", and a feature of the training data");
      }
      if (twice.contains(trained_.names[i])) {
        fail("two columns are called " + quote(trained_.names[i]) +
             ", a feature of the training data");
      }
      columns_.features.push_back(found->second);
      used_[found->second] = "a feature";
    }
    refuse_absent(absent);
    leave_out_others();
  }

  void refuse_absent(const Names& absent) const {
    if (absent.empty()) return;
    std::string near = nearest_name(absent[0], table_.names());
    if (is_column_number(near)) near.clear();
    fail("lacks " + counted(absent.size(), "column") + " that the model was trained on: " +
         listed(absent) + (near.empty() ? "" : "; is it " + quote(near) + "?"));
  }

  void leave_out_others() {
    const std::set<std::string_view> known(trained_.names.begin(), trained_.names.end());
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const bool is_target = used_[i] != nullptr && std::string_view(used_[i]) == "the target";
      if (used_[i] != nullptr && (!is_target || wants_target())) continue;
      columns_.left_out.push_back({table_.label(i), is_target ? "the target"
                                                    : known.contains(table_.name(i))
                                                        ? "as in training"
                                                        : "not in training"});
    }
  }

  // The place of a column of the training table, where those of the targets are absent.
  std::size_t without_targets(std::size_t column) const {
    return column - static_cast<std::size_t>(
                        std::count_if(trained_.targets.begin(), trained_.targets.end(),
                                      [&](std::size_t target) { return target < column; }));
  }

  void find_by_number() {
    const std::size_t count = table_.columns(), targets = trained_.targets.size();
    const bool whole = count == trained_.count;
    const bool bare = !wants_target() && count + targets == trained_.count;
    if (!whole && !bare) {
      fail("has " + counted(count, "column") + "; the table that the model was trained on has " +
           std::to_string(trained_.count) +
           (targets > 0 && !wants_target()
                ? ", or " + std::to_string(trained_.count - targets) + " without the target"
                : "") +
           (trained_.is_long ? "" : "; shorter sequences need empty cells at the end of the row"));
    }
    refuse_other_numbers();
    const auto place = [&](std::size_t column) { return whole ? column : without_targets(column); };
    std::vector<bool> used(count);
    const auto use = [&](std::size_t column) { return used[place(column)] = true, place(column); };
    if (trained_.id) columns_.id = use(*trained_.id);
    if (trained_.time) columns_.time = use(*trained_.time);
    for (const std::size_t i : trained_.features) columns_.features.push_back(use(i));
    for (std::size_t i = 0; whole && i < targets; ++i) {
      const std::size_t column = use(trained_.targets[i]);
      if (wants_target()) {
        columns_.targets.push_back(column);
      } else {
        columns_.left_out.push_back({table_.label(column), "the target"});
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!used[i]) columns_.left_out.push_back({table_.label(i), "as in training"});
    }
  }

  // Without names, a column is where it was.
  void refuse_other_numbers() const {
    const auto refuse = [&](const std::string& given, std::optional<std::size_t> trained,
                            const char* option) {
      if (given.empty() || !is_column_number(given)) return;
      if (trained && given == std::to_string(*trained + 1)) return;
      throw ValueError(table_.file() + ": " + option + " is " + given +
                       ", but columns without names are where they were in training" +
                       (trained ? ": " + std::to_string(*trained + 1) : ""));
    };
    refuse(options_.id_column, trained_.id, "id");
    refuse(options_.time_column, trained_.time, "time");
    for (std::size_t i = 0; i < options_.target_columns.size(); ++i) {
      std::optional<std::size_t> trained;
      if (i < trained_.targets.size()) trained = trained_.targets[i];
      refuse(options_.target_columns[i], trained, "target");
    }
  }

  const CsvTable& table_;
  const SequenceReaderOptions& options_;
  const TableColumns& trained_;
  std::vector<const char*> used_;  // of every column; null: not
  CsvColumns columns_;
};

}  // namespace

void fit_trained_width(CsvTable& table, const SequenceReaderOptions& options) {
  const TableColumns& trained = *options.trained;
  const bool wants_target = options.target != TargetKind::kNone;
  const std::size_t count = table.columns(), empty = table.empty_columns();
  const std::size_t bare = trained.count - (wants_target ? 0 : trained.targets.size());
  for (const std::size_t wanted : {trained.count, bare}) {
    if (count == wanted) return;
    if (count > wanted && count - wanted <= empty) return table.drop_columns(count - wanted);
  }
}

CsvColumns find_trained_columns(const CsvTable& table, const SequenceReaderOptions& options) {
  return TrainedColumns(table, options).find();
}

}  // namespace unroll::detail
