#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "unroll/core/tensor.h"
#include "unroll/io/data_type.h"
#include "unroll/io/file.h"

#pragma GCC visibility push(default)

namespace unroll {

namespace detail {
// What a file's header says about one tensor.
struct SafetensorsEntry {
  DataType dtype = DataType::F32;
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0;  // bytes begin … end-1 after the header
  std::uint64_t end = 0;
};
}  // namespace detail

// A safetensors file, of any program: the header is read and checked as a whole when it is opened,
// the data of a tensor when it is asked for.
// Format: https://github.com/huggingface/safetensors, section "Format". Stricter than it in three
// points: fields of a tensor other than its three are refused, and more than 64 axes, and a header
// that begins with white space.
class SafetensorsFile {
 public:
  // Throws FileError when the path is missing, not readable or not a regular file, FormatError when
  // its contents break the format (truncated, too long, overlapping tensors, …).
  explicit SafetensorsFile(const std::string& path) : SafetensorsFile(InputFile(path)) {}
  explicit SafetensorsFile(InputFile file);

  const std::string& path() const { return file_.path(); }
  // The text under "__metadata__"; empty where the file has none.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  // The names of the tensors, in the order of their data.
  const std::vector<std::string>& names() const { return names_; }
  bool contains(const std::string& name) const { return entries_.contains(name); }

  // All below throw FormatError when there is no tensor of that name.
  DataType dtype(const std::string& name) const { return entry(name).dtype; }
  const std::vector<std::size_t>& shape(const std::string& name) const { return entry(name).shape; }

  // The tensor as float or double, from F64, F32, F16 or BF16. Throws FormatError when it has
  // another type or shape, or a finite number that T cannot hold; FileError when reading fails.
  template <class T>
  Tensor<T> read(const std::string& name, const Shape& wanted) const;
  template <class T>
  Tensor<T> read(const std::string& name) const;  // of any shape of at most Shape::kMaxRank axes
  // Into an array that has the wanted shape. Its contents are unspecified after an exception.
  template <class T>
  void read_into(const std::string& name, Tensor<T>& tensor) const;

  // The elements, in row-major order, of a tensor of any shape whose type is exactly T:
  // std::int64_t (I64) or std::uint32_t (U32). Throws as read() does.
  template <class T>
  std::vector<T> read_array(const std::string& name) const;

 private:
  const detail::SafetensorsEntry& entry(const std::string& name) const;
  template <class T>
  void read_converted(const std::string& name, const detail::SafetensorsEntry& entry, T* out) const;

  InputFile file_;
  std::uint64_t data_begin_ = 0;  // bytes before the first tensor
  std::map<std::string, std::string> metadata_;
  std::map<std::string, detail::SafetensorsEntry> entries_;
  std::vector<std::string> names_;
};

// Writes a safetensors file. The same calls in the same order give the same bytes.
class SafetensorsWriter {
 public:
  // Replaces the value of a key that was set before. Throws ValueError unless both are UTF-8.
  void set_metadata(const std::string& key, std::string value);

  // The data is not copied: it must live, and keep its place, until the last write(). T is float
  // (F32), double (F64), std::int64_t (I64) or std::uint32_t (U32). Throws ValueError when the name
  // is in use, reserved or not UTF-8, or when elements are announced but data is null.
  template <class T>
  void add(const std::string& name, const Shape& shape, const T* data);
  template <class T>
  void add(const std::string& name, const Tensor<T>& tensor) {
    add(name, tensor.shape(), tensor.data());
  }

  // Writes the tensors, those with larger elements first, else in the order of add(): each then
  // lies at a multiple of its element's size, which PyTorch's reader needs. The file is replaced as
  // a whole (AtomicFile). Throws FileError; ValueError when the header exceeds the format's limit.
  void write(const std::string& path) const;
  // The same bytes in memory, for SafetensorsFile(InputFile::from_memory()).
  std::string bytes() const;

 private:
  struct Item {
    std::string name;
    DataType dtype;
    Shape shape;
    const void* data;
    std::size_t bytes;
  };

  void add_item(Item item);
  std::vector<const Item*> in_order() const;
  // Its length in 8 bytes, then its text. Throws ValueError, beginning with `name`, beyond the
  // limit.
  std::string header(const std::vector<const Item*>& order, const std::string& name) const;

  std::map<std::string, std::string> metadata_;
  std::vector<Item> items_;
  std::set<std::string> names_;
};

}  // namespace unroll

#pragma GCC visibility pop
