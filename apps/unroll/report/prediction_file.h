#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::app::report {

// The file predictions.csv of a run:
//   labels     id,label,predicted,probability         with a column step after id where steps have
//                                                      labels; of sets of labels p(LABEL),… in
//                                                      place of probability
//   numbers    id,NAME,NAME_predicted,…               the same, and NAME_low,NAME_high where there
//                                                      are intervals
//   forecasts  time,horizon,NAME,NAME_forecast,…      the same; NAME is empty where the truth is
//                                                      not known yet
class PredictionFile {
 public:
  // More rows than these are not read.
  static constexpr std::size_t kMaxRows = 1000000;

  enum class Kind { kLabels, kNumbers, kForecasts };

  // What is predicted, by columns; `high` follows `low`.
  struct Quantity {
    std::string name;
    std::size_t truth = 0, predicted = 0;
    std::optional<std::size_t> low = {};
  };

  // None where there is no such file. Throws FileError, and FormatError with line and column.
  static std::optional<PredictionFile> read(const std::string& path);

  Kind kind() const { return kind_; }
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<Quantity>& quantities() const { return quantities_; }  // none of labels
  std::size_t rows() const { return names_.empty() ? 0 : ends_.size() / names_.size(); }
  bool is_cut() const { return cut_; }  // the file has more rows

  std::string_view cell(std::size_t row, std::size_t column) const;
  double number(std::size_t row, std::size_t column) const;  // NaN where it is empty
  // Of labels: where they are in names(), with the predicted ones right of them, and where the
  // probabilities of these are.
  std::size_t label_column() const { return label_; }
  std::optional<std::size_t> probability_column() const { return probability_; }
  // Whether the label is known and another one was predicted.
  bool is_wrong(std::size_t row) const;

 private:
  void find_kind(const std::string& path);
  void find_quantities(const std::string& path, std::size_t first, const std::string& suffix);

  Kind kind_ = Kind::kLabels;
  std::vector<std::string> names_;
  std::vector<Quantity> quantities_;
  std::size_t label_ = 0;
  std::optional<std::size_t> probability_;
  std::string text_;               // all cells, one after the other
  std::vector<std::size_t> ends_;  // in text_
  bool cut_ = false;
};

}  // namespace unroll::app::report
