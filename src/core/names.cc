#include "core/names.h"

#include <algorithm>

#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll {

std::size_t find_name(std::string_view what, std::string_view name,
                      std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  throw ValueError(unknown_name_message(what, name, {names.begin(), names.end()}));
}

}  // namespace unroll
