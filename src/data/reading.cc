#include "unroll/data/reading.h"

#include "support/quote.h"

namespace unroll {

std::string TableColumns::label(std::size_t column) const {
  std::string text = "column " + std::to_string(column + 1);
  if (!names.empty()) text += " (" + quote(names[column]) + ")";
  return text;
}

}  // namespace unroll
