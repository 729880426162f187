#pragma once

#include <cstddef>
#include <string_view>

namespace unroll::app::demo {

// Bits per character of `test` under the counts of `train`: with n(h c) how often character c came
// after the `order` characters h, h' = h without its first character, and V characters in all,
//   p(c | h) = (n(h c) + 10 p(c | h')) / (n(h) + 10),   p(c) = (n(c) + 10 / V) / (n + 10)
// Order 0 is characters by their frequency. Source: MacKay and Peto, A hierarchical Dirichlet
// language model, 1995, with one weight for all orders, chosen on the validation text of the demo.
// Both texts are UTF-8; the first `order` characters of `test` are
// context alone.
double count_model_bits(std::string_view train, std::string_view test, std::size_t order);

}  // namespace unroll::app::demo
