#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/core/parameter.h"

namespace unroll::optim {

// Throws ShapeError unless the gradient fits the value. Takes no memory where it does.
template <class T>
void check_gradient(const Parameter<T>& parameter) {
  const Shape& value = parameter.shape();
  const Shape& got = parameter.gradient.shape();
  const std::vector<std::uint32_t>& rows = parameter.rows;
  const auto fail = [&](const std::string& wrong) {
    throw ShapeError("the gradient of '" + parameter.name() + "' " + wrong);
  };
  if (!parameter.sparse) {
    if (got != value || parameter.gradient.size() != value.size()) {
      fail("has shape " + got.text() + "; wanted " + value.text());
    }
    return;
  }
  if (value.rank() != 2) {
    fail("is sparse, but the value has shape " + value.text() + "; wanted (rows, columns)");
  }
  if (rows.empty()) return;
  if (got.rank() != 2 || got[0] < rows.size() || got[1] != value[1]) {
    fail("has shape " + got.text() + "; wanted at least " + Shape{rows.size(), value[1]}.text());
  }
  const auto not_ascending = std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>());
  if (not_ascending != rows.end() || rows.back() >= value[0]) {
    fail("holds rows that are not ascending, or not below " + std::to_string(value[0]));
  }
}

template <class T>
std::size_t gradient_elements(const Parameters<T>& parameters) {
  std::size_t total = 0;
  for (const Parameter<T>* p : parameters) total += p->trainable ? p->gradient_size() : 0;
  return total;
}

// Of the gradients of all trainable parameters, put one after the other, the elements [begin, end):
// part(index of the parameter, first element, count) for each piece, in order.
template <class T, class Part>
void for_each_part(const Parameters<T>& parameters, std::size_t begin, std::size_t end,
                   const Part& part) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < parameters.size() && before < end; ++i) {
    if (!parameters[i]->trainable) continue;
    const std::size_t after = before + parameters[i]->gradient_size();
    const std::size_t first = std::max(begin, before), last = std::min(end, after);
    if (first < last) part(i, first - before, last - first);
    before = after;
  }
}

}  // namespace unroll::optim
