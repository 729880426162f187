#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::detail {

// Writes up to `count` bytes to `to`; fewer at the end only.
using ReadBytes = std::function<std::size_t(char* to, std::size_t count)>;

// Whether the name ends in .gz.
bool has_gzip_name(std::string_view name);

// Decompresses gzip (RFC 1952), of one or several members.
class GzipStream {
 public:
  // `stored` yields the compressed bytes; errors call them `name`.
  GzipStream(std::string name, ReadBytes stored);
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream();

  // Writes up to `count` bytes; fewer at the end only. Throws FormatError where the bytes are
  // damaged, cut off or no gzip.
  std::size_t read(char* to, std::size_t count);

 private:
  void refill();
  void begin_member();
  [[noreturn]] void fail(const std::string& what) const;

  std::string name_;
  ReadBytes stored_;
  std::vector<char> input_;
  z_stream stream_{};
  std::uint64_t read_ = 0;  // compressed bytes, those in input_ included
  bool input_ended_ = false;
  bool in_member_ = false;
  bool any_member_ = false;
};

}  // namespace unroll::detail
