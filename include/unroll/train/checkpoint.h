#pragma once

#include <cstdint>
#include <string>

#include "unroll/core/tensor.h"
#include "unroll/io/safetensors.h"

#pragma GCC visibility push(default)

namespace unroll {

// Collects the state of a run under names: arrays as tensors, numbers and text in the metadata,
// every bit kept. Arrays are not copied: they must live until file() is written.
class CheckpointWriter {
 public:
  void set_integer(const std::string& name, std::uint64_t value);
  void set_number(const std::string& name, double value);
  void set_text(const std::string& name, const std::string& value);
  template <class T>
  void add(const std::string& name, const Tensor<T>& tensor) {
    file_.add(name, tensor);
  }

  const SafetensorsWriter& file() const { return file_; }

 private:
  SafetensorsWriter file_;
};

// Reads such a file. All throw FormatError, naming the file, where something is missing or of
// another kind or shape.
class CheckpointReader {
 public:
  explicit CheckpointReader(SafetensorsFile file) : file_(std::move(file)) {}

  std::uint64_t integer(const std::string& name) const;
  double number(const std::string& name) const;
  std::string text(const std::string& name) const;
  template <class T>
  void read_into(const std::string& name, Tensor<T>& tensor) const {
    file_.read_into(name, tensor);
  }
  const std::string& path() const { return file_.path(); }

 private:
  SafetensorsFile file_;
};

}  // namespace unroll

#pragma GCC visibility pop
