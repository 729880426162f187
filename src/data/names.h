#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace unroll::detail {

// `text` in quotation marks on one line for an error: control characters escaped, bytes that are
// not UTF-8 replaced, shortened after 60 bytes.
std::string quoted(std::string_view text);
// The same, and "byte 0xff" for a single byte that is not ASCII.
std::string quoted_token(std::string_view token);

// The index of the one of `names` (at least one) with the smallest edit distance to `name`; the
// first of several.
std::size_t nearest_name(std::string_view name, std::span<const std::string_view> names);

// The index of `name` in `names`; throws ValueError, naming `what`, the nearest and all names.
std::size_t parse_name(std::string_view what, std::string_view name,
                       std::span<const std::string_view> names);

}  // namespace unroll::detail
