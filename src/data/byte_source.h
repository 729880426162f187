#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/gzip.h"

namespace unroll::detail {

// The bytes of a file, or of memory, through a buffer of fixed size. What has a name that ends in
// .gz is decompressed.
class ByteSource {
 public:
  // The most bytes that can be looked at ahead: the longest UTF-8 sequence.
  static constexpr std::size_t kMaxPeek = 4;

  // Throws FileError, or ValueError for chunk_bytes 0; peek throws FormatError for damaged gzip.
  ByteSource(const std::string& path, std::size_t chunk_bytes);
  // `memory` must outlive the source.
  ByteSource(std::string_view memory, const std::string& name, std::size_t chunk_bytes);

  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Bytes not consumed yet: at least `wanted` (<= kMaxPeek) of them unless the source ends before.
  // Valid until the next call of peek; consume() does not touch them.
  std::string_view peek(std::size_t wanted) {
    if (end_ - begin_ < wanted && !ended_) refill(wanted);
    return {buffer_.data() + begin_, end_ - begin_};
  }
  void consume(std::size_t count) {
    begin_ += count;
    offset_ += count;
  }
  std::uint64_t offset() const { return offset_; }  // bytes consumed
  const std::string& name() const { return name_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void refill(std::size_t wanted);
  // Fewer than `count` at the end only: of the decompressed bytes, and of those of the file.
  std::size_t read(char* to, std::size_t count);
  std::size_t read_stored(char* to, std::size_t count);

  std::string name_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string_view memory_;           // read where there is no file
  std::unique_ptr<GzipStream> gzip_;  // none where nothing is compressed
  std::uint64_t stored_ = 0;          // bytes read of the file
  std::size_t chunk_bytes_;
  std::vector<char> buffer_;  // chunk_bytes_ + kMaxPeek
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace unroll::detail
