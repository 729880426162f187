#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "data/line_reader.h"

namespace unroll::detail {

// What the header of a .ts file says; what it does not say is empty.
struct TsHeader {
  std::optional<bool> time_stamps, missing, univariate, equal_length, class_label, target_label;
  std::optional<std::size_t> dimensions, series_length;
  std::set<std::string, std::less<>> labels;  // of @classLabel; empty: any

  bool has_last_field() const {
    return class_label.value_or(false) || target_label.value_or(false);
  }
};

// Reads up to the line @data.
TsHeader read_ts_header(LineReader& lines);

}  // namespace unroll::detail
