#include "report/prediction_file.h"

#include <charconv>
#include <filesystem>
#include <limits>

#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/csv_file.h"

namespace unroll::app::report {

std::optional<PredictionFile> PredictionFile::read(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  CsvFile table(path, ',');
  PredictionFile result;
  result.names_ = table.names();
  result.find_kind(path);
  while (table.next()) {
    if (result.rows() == kMaxRows) {
      result.cut_ = true;
      break;
    }
    for (std::size_t c = 0; c < table.names().size(); ++c) {
      result.text_ += table.cell(c);
      result.ends_.push_back(result.text_.size());
    }
    // Throws where it is no number.
    for (const Quantity& quantity : result.quantities_) {
      const std::size_t last = quantity.low ? *quantity.low + 1 : quantity.predicted;
      for (std::size_t c = quantity.truth; c <= last; ++c) table.number(c);
    }
    if (result.kind_ == Kind::kForecasts) table.number(1);
  }
  return result;
}

void PredictionFile::find_kind(const std::string& path) {
  const std::size_t count = names_.size();
  const bool steps = count > 2 && names_[1] == "step" && names_[2] != "step_predicted";
  const std::size_t first = steps ? 2 : 1;
  if (count > 2 && names_[0] == "time" && names_[1] == "horizon") {
    kind_ = Kind::kForecasts;
    find_quantities(path, 2, "_forecast");
  } else if (count > first + 1 && names_[first] == "label" && names_[first + 1] == "predicted") {
    kind_ = Kind::kLabels;
    label_ = first;
    if (count == first + 3 && names_[first + 2] == "probability") probability_ = first + 2;
  } else {
    kind_ = Kind::kNumbers;
    find_quantities(path, first, "_predicted");
  }
}

void PredictionFile::find_quantities(const std::string& path, std::size_t first,
                                     const std::string& suffix) {
  const auto is = [&](std::size_t column, const std::string& name) {
    return column < names_.size() && names_[column] == name;
  };
  for (std::size_t c = first; c < names_.size();) {
    const std::string& name = names_[c];
    if (!is(c + 1, name + suffix)) {
      throw FormatError(path + ": line 1: wanted a column " + quote(name + suffix) + " after " +
                        quote(name) + "; these are no predictions of `unroll train`");
    }
    Quantity quantity = {.name = name, .truth = c, .predicted = c + 1};
    if (is(c + 2, name + "_low") && is(c + 3, name + "_high")) quantity.low = c + 2;
    c += quantity.low ? 4 : 2;
    // Other quantiles, "life_q0.25", unless that is the next quantity's name.
    while (c < names_.size() && names_[c].starts_with(name + "_q") &&
           !is(c + 1, names_[c] + suffix)) {
      ++c;
    }
    quantities_.push_back(quantity);
  }
  if (quantities_.empty()) {
    throw FormatError(path + ": line 1: there is no column with predictions");
  }
}

std::string_view PredictionFile::cell(std::size_t row, std::size_t column) const {
  const std::size_t i = row * names_.size() + column;
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(text_).substr(begin, ends_[i] - begin);
}

double PredictionFile::number(std::size_t row, std::size_t column) const {
  const std::string_view text = cell(row, column);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

bool PredictionFile::is_wrong(std::size_t row) const {
  const std::string_view label = cell(row, label_column());
  return !label.empty() && label != cell(row, label_column() + 1);
}

}  // namespace unroll::app::report
