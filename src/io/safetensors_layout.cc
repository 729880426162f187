#include <algorithm>

#include "io/safetensors_header.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Entry = detail::SafetensorsEntry;
using Entries = std::map<std::string, Entry>;

std::string range_text(const Entry& entry) { return extents_text({entry.begin, entry.end}); }

void check_size(const std::string& where, const Entry& entry) {
  const std::size_t element = data_type_bits(entry.dtype);
  const std::string what = where + ": dtype " + std::string(data_type_name(entry.dtype)) +
                           " with shape " + extents_text(entry.shape);
  std::size_t bits = element;
  for (const std::size_t extent : entry.shape) {
    if (__builtin_mul_overflow(bits, extent, &bits)) {
      throw FormatError(what + " is larger than any memory");
    }
  }
  if (bits % 8 != 0) {
    throw FormatError(what + " needs " + std::to_string(bits) +
                      " bits, not a whole number of bytes");
  }
  if (entry.begin > entry.end) {
    throw FormatError(where + ": data_offsets " + range_text(entry) + " end before they begin");
  }
  if (entry.end - entry.begin != bits / 8) {
    throw FormatError(what + " needs " + std::to_string(bits / 8) + " bytes, data_offsets " +
                      range_text(entry) + " give " + std::to_string(entry.end - entry.begin));
  }
}

}  // namespace

std::string extents_text(const std::vector<std::size_t>& extents) {
  constexpr std::size_t kShown = 8;
  std::string text = "[";
  for (std::size_t axis = 0; axis < std::min(extents.size(), kShown); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(extents[axis]);
  }
  if (extents.size() > kShown) text += ", ... (" + std::to_string(extents.size()) + " axes)";
  return text + "]";
}

std::vector<std::string> check_safetensors_layout(const std::string& path, const Entries& entries,
                                                  std::uint64_t data_bytes) {
  std::vector<const Entries::value_type*> order;
  order.reserve(entries.size());
  for (const auto& item : entries) {
    check_size(path + ": tensor " + quote(item.first), item.second);
    order.push_back(&item);
  }
  // Stable, so that empty tensors at one place keep the order of their names.
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });

  std::vector<std::string> names;
  names.reserve(order.size());
  std::uint64_t covered = 0;
  for (const auto* item : order) {
    const Entry& entry = item->second;
    const std::string where = path + ": tensor " + quote(item->first);
    if (entry.begin < covered) {
      throw FormatError(where + ": data_offsets " + range_text(entry) + " overlap tensor " +
                        quote(names.back()) + ", which ends at " + std::to_string(covered));
    }
    if (entry.begin > covered) {
      throw FormatError(where + ": data_offsets " + range_text(entry) + " leave a hole: bytes " +
                        std::to_string(covered) + " to " + std::to_string(entry.begin) +
                        " belong to no tensor");
    }
    if (entry.end > data_bytes) {
      throw FormatError(where + ": data_offsets " + range_text(entry) + " go beyond the " +
                        std::to_string(data_bytes) +
                        " bytes of data in the file: it is truncated or damaged");
    }
    covered = entry.end;
    names.push_back(item->first);
  }
  if (covered != data_bytes) {
    throw FormatError(path + ": has " + std::to_string(data_bytes) +
                      " bytes of data, its tensors need " + std::to_string(covered) +
                      ": bytes were added at the end");
  }
  return names;
}

}  // namespace unroll
