#pragma once

#include <minizip/zip.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "io/safetensors_bytes.h"
#include "temporary_folder.h"

namespace unroll {

// The bytes of a .npy file with the given dictionary.
inline std::string npy_bytes(const std::string& dictionary, const std::string& data,
                             char version = 1) {
  const auto length = static_cast<std::uint32_t>(dictionary.size());
  return std::string("\x93NUMPY") + version + '\0' +
         (version == 1 ? little_endian(static_cast<std::uint16_t>(length))
                       : little_endian(length)) +
         dictionary + data;
}

template <class T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& elements,
                bool fortran_order = false) {
  std::string data;
  for (const T element : elements) data += little_endian(element);
  return npy_bytes("{'descr': '" + descr + "', 'fortran_order': " +
                       (fortran_order ? "True" : "False") + ", 'shape': " + shape + ", }\n",
                   data);
}

// Writes an archive of the arrays, stored or deflated, and returns its path.
inline std::string write_npz(const TemporaryFolder& folder, const std::string& name,
                             const std::vector<std::pair<std::string, std::string>>& arrays,
                             bool deflated = false) {
  const std::string path = folder.file(name);
  zipFile file = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  for (const auto& [entry, bytes] : arrays) {
    const zip_fileinfo info{};
    zipOpenNewFileInZip(file, entry.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                        deflated ? Z_DEFLATED : 0, Z_DEFAULT_COMPRESSION);
    zipWriteInFileInZip(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    zipCloseFileInZip(file);
  }
  zipClose(file, nullptr);
  return path;
}

}  // namespace unroll
