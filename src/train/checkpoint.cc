#include "unroll/train/checkpoint.h"

#include <array>
#include <charconv>

#include "unroll/core/error.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

// The shortest text that reads back as the same number.
template <class Number>
std::string text_of(Number value) {
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

}  // namespace

struct CheckpointWriter::Implementation {
  SafetensorsWriter writer;
};

CheckpointWriter::CheckpointWriter() : implementation_(std::make_unique<Implementation>()) {}
CheckpointWriter::~CheckpointWriter() = default;

void CheckpointWriter::set_integer(const std::string& name, std::uint64_t value) {
  implementation_->writer.set_metadata(name, text_of(value));
}

void CheckpointWriter::set_number(const std::string& name, double value) {
  implementation_->writer.set_metadata(name, text_of(value));
}

void CheckpointWriter::set_text(const std::string& name, const std::string& value) {
  implementation_->writer.set_metadata(name, value);
}

template <class T>
void CheckpointWriter::add(const std::string& name, const Tensor<T>& tensor) {
  implementation_->writer.add(name, tensor);
}

void CheckpointWriter::write(const std::string& path) const { implementation_->writer.write(path); }

struct CheckpointReader::Implementation {
  SafetensorsFile file;

  template <class Number>
  Number parse(const std::string& name, const std::string& text) const {
    Number value{};
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end) {
      throw FormatError(file.path() + ": '" + name + "' in its metadata is not a number");
    }
    return value;
  }
};

CheckpointReader::CheckpointReader(const std::string& path)
    : implementation_(std::make_unique<Implementation>(Implementation{SafetensorsFile(path)})) {}
CheckpointReader::~CheckpointReader() = default;

std::string CheckpointReader::text(const std::string& name) const {
  const auto& metadata = implementation_->file.metadata();
  const auto found = metadata.find(name);
  if (found == metadata.end()) {
    throw FormatError(path() + ": '" + name +
                      "' is missing in its metadata; it is no checkpoint of this program");
  }
  return found->second;
}

std::uint64_t CheckpointReader::integer(const std::string& name) const {
  return implementation_->parse<std::uint64_t>(name, text(name));
}

double CheckpointReader::number(const std::string& name) const {
  return implementation_->parse<double>(name, text(name));
}

template <class T>
void CheckpointReader::read_into(const std::string& name, Tensor<T>& tensor) const {
  implementation_->file.read_into(name, tensor);
}

const std::string& CheckpointReader::path() const { return implementation_->file.path(); }

template void CheckpointWriter::add<float>(const std::string&, const Tensor<float>&);
template void CheckpointWriter::add<double>(const std::string&, const Tensor<double>&);
template void CheckpointReader::read_into<float>(const std::string&, Tensor<float>&) const;
template void CheckpointReader::read_into<double>(const std::string&, Tensor<double>&) const;

}  // namespace unroll
