#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace unroll {

// The index of `name` in `names`; throws ValueError with unknown_name_message().
std::size_t find_name(std::string_view what, std::string_view name,
                      std::span<const std::string_view> names);

}  // namespace unroll
