#include "data/readers/npy.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <string_view>

#include "data/file_kind.h"
#include "data/line_reader.h"
#include "data/readers/npy_header.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = std::size_t{1} << 16;
constexpr std::size_t kChunk = std::size_t{1} << 20;  // bytes read at once

// What one element is in the file.
struct Element {
  NpyArray::Kind kind = NpyArray::Kind::kFloats;
  char letter = 'f';  // of the dtype: f, i, u, b, S or U
  std::size_t bytes = 8;
};

Element element_of(const std::string& name, const std::string& descr) {
  const std::string what = name + ": the dtype " + quote(descr);
  const char order = descr.empty() ? '\0' : descr[0];
  if (order == '>') {
    throw FormatError(what + " is big-endian; save it as little-endian: x.astype('<" +
                      printable(descr.substr(1)) + "')");
  }
  const std::string type = order == '<' || order == '|' || order == '=' ? descr.substr(1) : descr;
  using Kind = NpyArray::Kind;
  const struct {
    const char* type;
    Element element;
  } known[] = {{"f4", {Kind::kFloats, 'f', 4}},   {"f8", {Kind::kFloats, 'f', 8}},
               {"i1", {Kind::kIntegers, 'i', 1}}, {"i2", {Kind::kIntegers, 'i', 2}},
               {"i4", {Kind::kIntegers, 'i', 4}}, {"i8", {Kind::kIntegers, 'i', 8}},
               {"u1", {Kind::kIntegers, 'u', 1}}, {"u2", {Kind::kIntegers, 'u', 2}},
               {"u4", {Kind::kIntegers, 'u', 4}}, {"u8", {Kind::kIntegers, 'u', 8}},
               {"b1", {Kind::kIntegers, 'u', 1}}};
  for (const auto& row : known) {
    if (type == row.type) return row.element;
  }
  if (type.size() > 1 && type.size() < 6 && (type[0] == 'U' || type[0] == 'S') &&
      type.find_first_not_of("0123456789", 1) == type.npos && type[1] != '0') {
    const auto characters = static_cast<std::size_t>(std::stoul(type.substr(1)));
    return {Kind::kTexts, type[0], type[0] == 'U' ? 4 * characters : characters};
  }
  if (type == "O") {
    throw FormatError(
        what +
        " is of Python objects; labels: y.astype(str); rows of one length: "
        "numpy.stack(x).astype('<f4'); rows of several lengths: fill them up with zeros "
        "to one, and save their lengths as the array lengths");
  }
  throw FormatError(what +
                    " is not supported; wanted f4, f8, i4 or i8, little-endian: numbers "
                    "x.astype('<f4'), labels y.astype('<i8')");
}

// UTF-8 of `bytes`, UTF-32 that zeros fill up.
std::string text_of(const std::string& name, const char* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; i += 4) {
    std::uint32_t code = 0;
    std::memcpy(&code, bytes + i, 4);
    if (code == 0) break;
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      throw FormatError(name + ": a text has " + std::to_string(code) + ", which is no Unicode");
    }
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6), add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      add(0xE0 | code >> 12), add(0x80 | (code >> 6 & 0x3F)), add(0x80 | (code & 0x3F));
    } else {
      add(0xF0 | code >> 18), add(0x80 | (code >> 12 & 0x3F));
      add(0x80 | (code >> 6 & 0x3F)), add(0x80 | (code & 0x3F));
    }
  }
  return text;
}

// Bytes that zeros fill up, as UTF-8.
std::string text_of_bytes(const std::string& name, const char* bytes, std::size_t count) {
  const std::string text(bytes, ::strnlen(bytes, count));
  if (text_problem(text)) {
    throw FormatError(name + ": the text " + quote(text) +
                      " is not UTF-8; decode it: numpy.char.decode(y, ENCODING)");
  }
  return text;
}

std::int64_t signed_of(const std::string& name, std::uint64_t value) {
  if (value > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    throw FormatError(name + ": " + std::to_string(value) +
                      " is larger than 64 bits with a sign hold");
  }
  return static_cast<std::int64_t>(value);
}

template <class From, class To>
void append(const char* bytes, std::size_t count, std::vector<To>& to) {
  for (std::size_t i = 0; i < count; i += sizeof(From)) {
    From value;
    std::memcpy(&value, bytes + i, sizeof(From));
    to.push_back(static_cast<To>(value));
  }
}

// Appends the elements that `count` bytes hold.
void append_elements(const std::string& name, const Element& element, const char* bytes,
                     std::size_t count, NpyArray& array) {
  if (element.letter == 'f') {
    element.bytes == 4 ? append<float>(bytes, count, array.floats)
                       : append<double>(bytes, count, array.floats);
  } else if (element.letter == 'U') {
    for (std::size_t i = 0; i < count; i += element.bytes) {
      array.texts.push_back(text_of(name, bytes + i, element.bytes));
    }
  } else if (element.letter == 'S') {
    for (std::size_t i = 0; i < count; i += element.bytes) {
      array.texts.push_back(text_of_bytes(name, bytes + i, element.bytes));
    }
  } else if (element.letter == 'u') {
    if (element.bytes == 8) {
      std::vector<std::uint64_t> values;
      append<std::uint64_t>(bytes, count, values);
      for (const std::uint64_t value : values) array.integers.push_back(signed_of(name, value));
    }
    if (element.bytes == 1) append<std::uint8_t>(bytes, count, array.integers);
    if (element.bytes == 2) append<std::uint16_t>(bytes, count, array.integers);
    if (element.bytes == 4) append<std::uint32_t>(bytes, count, array.integers);
  } else {
    if (element.bytes == 1) append<std::int8_t>(bytes, count, array.integers);
    if (element.bytes == 2) append<std::int16_t>(bytes, count, array.integers);
    if (element.bytes == 4) append<std::int32_t>(bytes, count, array.integers);
    if (element.bytes == 8) append<std::int64_t>(bytes, count, array.integers);
  }
}

// From column-major to row-major order.
template <class T>
void reorder(const std::vector<std::size_t>& shape, std::vector<T>& elements) {
  if (elements.empty()) return;
  std::vector<T> ordered(elements.size());
  std::vector<std::size_t> index(shape.size());
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t a = 1; a < shape.size(); ++a) strides[a] = strides[a - 1] * shape[a - 1];
  for (T& element : ordered) {
    element = std::move(
        elements[std::inner_product(index.begin(), index.end(), strides.begin(), std::size_t{0})]);
    for (std::size_t a = shape.size(); a-- > 0 && ++index[a] == shape[a];) index[a] = 0;
  }
  elements = std::move(ordered);
}

std::size_t byte_count(const std::string& name, const NpyHeader& header, const Element& element) {
  std::size_t count = element.bytes;
  bool overflows = false;
  bool empty = false;
  for (const std::size_t extent : header.shape) {
    empty = empty || extent == 0;
    overflows = __builtin_mul_overflow(count, extent, &count) || overflows;
  }
  if (empty) return 0;
  if (overflows) {
    throw FormatError(name + ": the shape " + npy_shape_text(header.shape) +
                      " is larger than any memory");
  }
  return count;
}

void read_exactly(const std::string& name, const ReadBytes& read, char* to, std::size_t count) {
  if (read(to, count) < count) {
    throw FormatError(name + ": ends inside the header of the NumPy array: it is cut off");
  }
}

}  // namespace

std::string npy_shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

NpyArray read_npy(const std::string& name, const ReadBytes& read,
                  std::optional<std::uint64_t> bytes) {
  // 1. Magic, version and the length of the header.
  char start[12];
  const std::size_t got = read(start, 10);
  const std::string_view magic(start, got);
  if (!magic.starts_with(kMagic)) {
    refuse_other_kind(name, magic, "a NumPy array (.npy)");
    throw FormatError(name + ": does not begin as a NumPy array (.npy) does");
  }
  if (got < 10)
    read_exactly(
        name, [](char*, std::size_t) { return 0; }, start, 1);
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(start[i] & 0xFF); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) {
    throw FormatError(name + ": version " + std::to_string(version) +
                      " of the format of NumPy arrays; wanted 1, 2 or 3");
  }
  std::size_t length = byte(8) | byte(9) << 8;
  std::size_t begin = 10;
  if (version > 1) {
    read_exactly(name, read, start + 10, 2);
    length |= byte(10) << 16 | byte(11) << 24;
    begin = 12;
  }
  if (length > kMaxHeader) {
    throw FormatError(name + ": announces a header of " + std::to_string(length) +
                      " bytes; at most " + std::to_string(kMaxHeader) + " are allowed");
  }
  // 2. The header.
  std::string text(length, '\0');
  read_exactly(name, read, text.data(), text.size());
  const NpyHeader header = parse_npy_header(name, text);
  const Element element = element_of(name, header.descr);
  const std::size_t wanted = byte_count(name, header, element);
  const auto other_size = [&](const std::string& has) {
    return FormatError(name + ": the header announces " + std::to_string(wanted) +
                       " bytes (dtype " + quote(header.descr) + ", shape " +
                       npy_shape_text(header.shape) + "), but " + has + " follow it");
  };
  if (bytes && *bytes - std::min<std::uint64_t>(*bytes, begin + length) != wanted) {
    throw other_size(std::to_string(*bytes - std::min<std::uint64_t>(*bytes, begin + length)));
  }
  // 3. The elements, chunk by chunk.
  NpyArray array;
  array.descr = header.descr;
  array.kind = element.kind;
  array.shape = header.shape;
  std::vector<char> chunk(std::max(element.bytes, kChunk / element.bytes * element.bytes));
  for (std::size_t done = 0; done < wanted;) {
    const std::size_t count = std::min(chunk.size(), wanted - done);
    const std::size_t arrived = read(chunk.data(), count);
    if (arrived < count) throw other_size(std::to_string(done + arrived));
    append_elements(name, element, chunk.data(), count, array);
    done += count;
  }
  if (read(chunk.data(), 1) != 0) throw other_size("more");
  if (header.fortran_order) {
    reorder(array.shape, array.floats);
    reorder(array.shape, array.integers);
    reorder(array.shape, array.texts);
  }
  const auto infinite = std::find_if(array.floats.begin(), array.floats.end(),
                                     [](double value) { return std::isinf(value); });
  if (infinite != array.floats.end()) {
    throw FormatError(name + ": element " + std::to_string(infinite - array.floats.begin()) +
                      " of the array (shape " + npy_shape_text(array.shape) +
                      ", counted by rows from 0) is infinite");
  }
  return array;
}

}  // namespace unroll::detail
