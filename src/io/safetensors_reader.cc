#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

#include "core/range.h"
#include "io/float_bits.h"
#include "io/safetensors_header.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Entry = detail::SafetensorsEntry;

constexpr std::size_t kChunkElements = 8192;

std::string tensor_text(const std::string& path, const std::string& name) {
  return path + ": tensor " + quote(name);
}

[[noreturn]] void refuse_type(const std::string& where, DataType got, const std::string& wanted) {
  throw FormatError(where + " has dtype " + std::string(data_type_name(got)) + ", wanted " +
                    wanted);
}

void check_floating(const std::string& where, const Entry& entry) {
  switch (entry.dtype) {
    case DataType::F64:
    case DataType::F32:
    case DataType::F16:
    case DataType::BF16:
      return;
    default:
      refuse_type(where, entry.dtype, "F64, F32, F16 or BF16");
  }
}

void check_extents(const std::string& where, const Entry& entry, const Shape& wanted) {
  std::vector<std::size_t> extents;
  for (std::size_t axis = 0; axis < wanted.rank(); ++axis) extents.push_back(wanted[axis]);
  if (entry.shape != extents) {
    throw FormatError(where + " has shape " + extents_text(entry.shape) + ", wanted " +
                      extents_text(extents));
  }
}

// Reads `count` elements stored as From through a small buffer: out[i] = convert(stored[i]).
// `where` begins the message when a finite number becomes infinite.
template <class From, class T, class Convert>
void read_chunks(const InputFile& file, std::uint64_t offset, std::size_t count, T* out,
                 const std::string& where, Convert convert) {
  std::array<From, kChunkElements> chunk;
  for (std::size_t done = 0; done < count;) {
    const std::size_t now = std::min(count - done, kChunkElements);
    file.read_at(offset + done * sizeof(From), chunk.data(), now * sizeof(From));
    for (std::size_t i = 0; i < now; ++i) {
      const auto value = convert(chunk[i]);
      out[done + i] = static_cast<T>(value);
      if (sizeof(T) < sizeof(value) && std::isinf(out[done + i]) && !std::isinf(value)) {
        throw FormatError(where + ": element " + std::to_string(done + i) + " is " +
                          number_text(value) + ", too large for float32; read it as float64");
      }
    }
    done += now;
  }
}

}  // namespace

SafetensorsFile::SafetensorsFile(InputFile file) : file_(std::move(file)) {
  const std::string& path = file_.path();
  // 1. The length of the header, against the limit and the file.
  if (file_.size() < kSafetensorsPrefix) {
    throw FormatError(path + ": has " + std::to_string(file_.size()) +
                      " bytes; a safetensors file begins with 8 bytes that give the length of its "
                      "header: it is truncated or no safetensors file");
  }
  std::uint64_t length = 0;
  file_.read_at(0, &length, kSafetensorsPrefix);
  if (length > kSafetensorsMaxHeader) {
    throw FormatError(path + ": the first 8 bytes announce a header of " + std::to_string(length) +
                      " bytes, at most " + std::to_string(kSafetensorsMaxHeader) +
                      " are allowed: no safetensors file, or damaged");
  }
  if (length > file_.size() - kSafetensorsPrefix) {
    throw FormatError(path + ": the first 8 bytes announce a header of " + std::to_string(length) +
                      " bytes, only " + std::to_string(file_.size() - kSafetensorsPrefix) +
                      " follow: it is truncated or no safetensors file");
  }
  // 2. The header itself.
  std::string json(static_cast<std::size_t>(length), '\0');
  file_.read_at(kSafetensorsPrefix, json.data(), json.size());
  SafetensorsHeader header = parse_safetensors_header(path, json);
  metadata_ = std::move(header.metadata);
  entries_ = std::move(header.entries);
  // 3. What it says about the rest of the file.
  data_begin_ = kSafetensorsPrefix + length;
  names_ = check_safetensors_layout(path, entries_, file_.size() - data_begin_);
}

const Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second;
  std::string known;
  for (std::size_t i = 0; i < std::min<std::size_t>(names_.size(), 5); ++i) {
    known += (i > 0 ? ", " : "") + quote(names_[i]);
  }
  throw FormatError(path() + ": has no tensor " + quote(name) + "; it has " +
                    std::to_string(names_.size()) + (names_.empty() ? "" : ": " + known) +
                    (names_.size() > 5 ? ", ..." : ""));
}

template <class T>
void SafetensorsFile::read_converted(const std::string& name, const Entry& entry, T* out) const {
  const std::uint64_t offset = data_begin_ + entry.begin;
  const std::string where = tensor_text(path(), name);
  const auto bytes = static_cast<std::size_t>(entry.end - entry.begin);
  const std::size_t count = bytes * 8 / data_type_bits(entry.dtype);
  const auto keep = [](auto value) { return value; };
  switch (entry.dtype) {
    case DataType::F64:
      if constexpr (sizeof(T) == 8) return file_.read_at(offset, out, bytes);
      return read_chunks<double>(file_, offset, count, out, where, keep);
    case DataType::F32:
      if constexpr (sizeof(T) == 4) return file_.read_at(offset, out, bytes);
      return read_chunks<float>(file_, offset, count, out, where, keep);
    case DataType::F16:
      return read_chunks<std::uint16_t>(file_, offset, count, out, where, float_from_half);
    case DataType::BF16:
      return read_chunks<std::uint16_t>(file_, offset, count, out, where, float_from_bfloat16);
    default:
      check_floating(where, entry);
  }
}

template <class T>
Tensor<T> SafetensorsFile::read(const std::string& name) const {
  const Entry& found = entry(name);
  check_floating(tensor_text(path(), name), found);
  if (found.shape.size() > Shape::kMaxRank) {
    throw FormatError(tensor_text(path(), name) + " has " + std::to_string(found.shape.size()) +
                      " axes, at most " + std::to_string(Shape::kMaxRank) + " are supported");
  }
  Tensor<T> tensor{Shape(std::span<const std::size_t>(found.shape))};
  read_converted(name, found, tensor.data());
  return tensor;
}

template <class T>
Tensor<T> SafetensorsFile::read(const std::string& name, const Shape& wanted) const {
  const Entry& found = entry(name);
  check_floating(tensor_text(path(), name), found);
  check_extents(tensor_text(path(), name), found, wanted);
  Tensor<T> tensor(wanted);
  read_converted(name, found, tensor.data());
  return tensor;
}

template <class T>
void SafetensorsFile::read_into(const std::string& name, Tensor<T>& tensor) const {
  const Entry& found = entry(name);
  check_floating(tensor_text(path(), name), found);
  check_extents(tensor_text(path(), name), found, tensor.shape());
  if (tensor.data() == nullptr) {
    throw ValueError("tensor " + quote(name) + " cannot be read into an array without memory");
  }
  read_converted(name, found, tensor.data());
}

template <class T>
std::vector<T> SafetensorsFile::read_array(const std::string& name) const {
  const Entry& found = entry(name);
  constexpr DataType kWanted = std::is_same_v<T, std::int64_t> ? DataType::I64 : DataType::U32;
  if (found.dtype != kWanted) {
    refuse_type(tensor_text(path(), name), found.dtype, std::string(data_type_name(kWanted)));
  }
  const auto bytes = static_cast<std::size_t>(found.end - found.begin);
  std::vector<T> elements(bytes / sizeof(T));
  file_.read_at(data_begin_ + found.begin, elements.data(), bytes);
  return elements;
}

template Tensor<float> SafetensorsFile::read(const std::string&) const;
template Tensor<double> SafetensorsFile::read(const std::string&) const;
template Tensor<float> SafetensorsFile::read(const std::string&, const Shape&) const;
template Tensor<double> SafetensorsFile::read(const std::string&, const Shape&) const;
template void SafetensorsFile::read_into(const std::string&, Tensor<float>&) const;
template void SafetensorsFile::read_into(const std::string&, Tensor<double>&) const;
template std::vector<std::int64_t> SafetensorsFile::read_array(const std::string&) const;
template std::vector<std::uint32_t> SafetensorsFile::read_array(const std::string&) const;

}  // namespace unroll
