#include <algorithm>
#include <type_traits>
#include <utility>

#include "io/safetensors_header.h"
#include "support/json.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

// The text as a JSON string. Throws ValueError that begins with `what` unless it is UTF-8.
std::string json_string(const std::string& text, const std::string& what) {
  try {
    return Json(text).dump();
  } catch (const JsonError&) {
    throw ValueError(what + " is not UTF-8, which a safetensors header must be");
  }
}

template <class T>
constexpr DataType data_type_of() {
  if constexpr (std::is_same_v<T, float>) return DataType::F32;
  if constexpr (std::is_same_v<T, double>) return DataType::F64;
  if constexpr (std::is_same_v<T, std::int64_t>) return DataType::I64;
  if constexpr (std::is_same_v<T, std::uint32_t>) return DataType::U32;
}

}  // namespace

void SafetensorsWriter::set_metadata(const std::string& key, std::string value) {
  json_string(key, "metadata key " + quote(key));
  json_string(value, "the value of metadata key " + quote(key));
  metadata_[key] = std::move(value);
}

template <class T>
void SafetensorsWriter::add(const std::string& name, const Shape& shape, const T* data) {
  const std::size_t count = shape.size();
  if (data == nullptr && count > 0) {
    throw ValueError("tensor " + quote(name) + " of shape " + shape.text() + " has no data");
  }
  add_item({name, data_type_of<T>(), shape, data, count * sizeof(T)});
}

void SafetensorsWriter::add_item(Item item) {
  json_string(item.name, "tensor name " + quote(item.name));
  if (item.name == kSafetensorsMetadata) {
    throw ValueError("tensor name '__metadata__' is reserved by the safetensors format");
  }
  if (!names_.insert(item.name).second) {
    throw ValueError("two tensors have the name " + quote(item.name));
  }
  items_.push_back(std::move(item));
}

std::vector<const SafetensorsWriter::Item*> SafetensorsWriter::in_order() const {
  std::vector<const Item*> order;
  for (const Item& item : items_) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(), [](const Item* a, const Item* b) {
    return data_type_bits(a->dtype) > data_type_bits(b->dtype);
  });
  return order;
}

std::string SafetensorsWriter::header(const std::vector<const Item*>& order,
                                      const std::string& name) const {
  std::string header = "{";
  if (!metadata_.empty()) {
    header += json_string(kSafetensorsMetadata, "") + ":" + Json(metadata_).dump();
  }
  std::size_t offset = 0;
  for (const Item* item : order) {
    if (header.size() > 1) header += ",";
    header += json_string(item->name, "") + ":{\"dtype\":\"";
    header += data_type_name(item->dtype);
    header += "\",\"shape\":[";
    for (std::size_t axis = 0; axis < item->shape.rank(); ++axis) {
      if (axis > 0) header += ",";
      header += std::to_string(item->shape[axis]);
    }
    header += "],\"data_offsets\":[" + std::to_string(offset) + ",";
    offset += item->bytes;
    header += std::to_string(offset) + "]}";
  }
  header += "}";
  // Padded so that the data begins at a multiple of 8.
  header.resize((header.size() + 7) / 8 * 8, ' ');
  if (header.size() > kSafetensorsMaxHeader) {
    throw ValueError(name + ": names and metadata need a header of " +
                     std::to_string(header.size()) + " bytes, the safetensors format allows " +
                     std::to_string(kSafetensorsMaxHeader));
  }
  const std::uint64_t length = header.size();
  header.insert(0, reinterpret_cast<const char*>(&length), kSafetensorsPrefix);
  return header;
}

void SafetensorsWriter::write(const std::string& path) const {
  const std::vector<const Item*> order = in_order();
  const std::string begin = header(order, path);
  AtomicFile file(path);
  file.write(begin);
  for (const Item* item : order) file.write(item->data, item->bytes);
  file.commit();
}

std::string SafetensorsWriter::bytes() const {
  const std::vector<const Item*> order = in_order();
  std::string all = header(order, "a safetensors file in memory");
  for (const Item* item : order) {
    if (item->bytes > 0) all.append(static_cast<const char*>(item->data), item->bytes);
  }
  return all;
}

template void SafetensorsWriter::add(const std::string&, const Shape&, const float*);
template void SafetensorsWriter::add(const std::string&, const Shape&, const double*);
template void SafetensorsWriter::add(const std::string&, const Shape&, const std::int64_t*);
template void SafetensorsWriter::add(const std::string&, const Shape&, const std::uint32_t*);

}  // namespace unroll
