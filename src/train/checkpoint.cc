#include "unroll/train/checkpoint.h"

#include <array>
#include <charconv>

#include "unroll/core/error.h"

namespace unroll {
namespace {

// The shortest text that reads back as the same number.
template <class Number>
std::string text_of(Number value) {
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

template <class Number>
Number parse(const CheckpointReader& reader, const std::string& name) {
  const std::string text = reader.text(name);
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) {
    throw FormatError(reader.path() + ": '" + name + "' in its metadata is not a number");
  }
  return value;
}

}  // namespace

void CheckpointWriter::set_integer(const std::string& name, std::uint64_t value) {
  file_.set_metadata(name, text_of(value));
}

void CheckpointWriter::set_number(const std::string& name, double value) {
  file_.set_metadata(name, text_of(value));
}

void CheckpointWriter::set_text(const std::string& name, const std::string& value) {
  file_.set_metadata(name, value);
}

std::string CheckpointReader::text(const std::string& name) const {
  const auto found = file_.metadata().find(name);
  if (found == file_.metadata().end()) {
    throw FormatError(path() + ": '" + name +
                      "' is missing in its metadata; it is no checkpoint of this program");
  }
  return found->second;
}

std::uint64_t CheckpointReader::integer(const std::string& name) const {
  return parse<std::uint64_t>(*this, name);
}

double CheckpointReader::number(const std::string& name) const {
  return parse<double>(*this, name);
}

}  // namespace unroll
