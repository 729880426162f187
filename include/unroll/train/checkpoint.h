#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "unroll/core/tensor.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// Collects the state of a run under names, and writes it as one safetensors file: arrays as
// tensors, numbers and text in the metadata, every bit kept. Arrays are not copied: they must live
// until write().
class CheckpointWriter {
 public:
  CheckpointWriter();
  ~CheckpointWriter();

  void set_integer(const std::string& name, std::uint64_t value);
  void set_number(const std::string& name, double value);
  void set_text(const std::string& name, const std::string& value);
  template <class T>
  void add(const std::string& name, const Tensor<T>& tensor);

  // Throws FileError; a file that was there before is then unchanged.
  void write(const std::string& path) const;

 private:
  struct UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// Reads such a file. All throw FormatError, naming the file, where something is missing or of
// another kind or shape.
class CheckpointReader {
 public:
  explicit CheckpointReader(const std::string& path);
  ~CheckpointReader();

  std::uint64_t integer(const std::string& name) const;
  double number(const std::string& name) const;
  std::string text(const std::string& name) const;
  template <class T>
  void read_into(const std::string& name, Tensor<T>& tensor) const;
  const std::string& path() const;

 private:
  struct UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace unroll

#pragma GCC visibility pop
