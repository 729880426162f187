#include "data/file_kind.h"

#include <utility>

#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

using namespace std::string_view_literals;

constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
    {"\x1F\x8B"sv, "gzip (name it *.gz)"},
    {"PK\x03\x04"sv, "a zip archive, such as .npz or .xlsx"},
    {"PK\x05\x06"sv, "an empty zip archive"},
    {"\x93NUMPY"sv, "a NumPy array (.npy)"},
    {"\x89HDF\r\n"sv, "HDF5"},
    {"PAR1"sv, "Parquet"},
    {"ARROW1"sv, "Arrow"},
    {"\xFD"
     "7zXZ"sv,
     "xz"},
    {"BZh"sv, "bzip2"},
    {"\x28\xB5\x2F\xFD"sv, "zstd"},
    {"7z\xBC\xAF"sv, "a 7z archive"},
    {"\x7F"
     "ELF"sv,
     "a program"},
    {"\x89PNG"sv, "a PNG picture"},
    {"\xFF\xD8\xFF"sv, "a JPEG picture"},
    {"%PDF-"sv, "PDF"},
    {"SQLite format 3\0"sv, "an SQLite data base"},
    {"MATLAB 5.0"sv, "a MATLAB file"},
    {"\xFF\xFE"sv,
     "UTF-16 text (of sequences say --encoding utf-16; or convert it: iconv -f UTF-16 -t UTF-8)"},
    {"\xFE\xFF"sv,
     "UTF-16 text (of sequences say --encoding utf-16; or convert it: iconv -f UTF-16 -t UTF-8)"},
};

// Eight bytes with the header's length, and a header that is a JSON object.
bool is_safetensors(std::string_view start) {
  return start.size() > 9 && start[8] == '{' && start.substr(4, 4) == "\0\0\0\0"sv;
}

}  // namespace

std::string_view file_kind(std::string_view start) {
  for (const auto& [magic, kind] : kKinds) {
    if (start.starts_with(magic)) return kind;
  }
  return is_safetensors(start) ? "safetensors"sv : ""sv;
}

void refuse_other_kind(const std::string& name, std::string_view start, std::string_view wanted) {
  const std::string_view kind = file_kind(start);
  if (kind.empty()) return;
  throw FormatError(name + ": looks like " + std::string(kind) + ", wanted " + std::string(wanted));
}

}  // namespace unroll::detail
