#include "data/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

std::size_t buffer_size(std::size_t chunk_bytes) {
  if (chunk_bytes == 0 ||
      chunk_bytes > std::numeric_limits<std::size_t>::max() / 2 - ByteSource::kMaxPeek) {
    throw ValueError("buffer_bytes is " + std::to_string(chunk_bytes) +
                     "; it must be at least 1 and fit into memory");
  }
  return chunk_bytes + ByteSource::kMaxPeek;
}

}  // namespace

ByteSource::ByteSource(const std::string& path, std::size_t chunk_bytes)
    : name_(path), chunk_bytes_(chunk_bytes), buffer_(buffer_size(chunk_bytes)) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw FileError(path + ": is a directory; name a file");
  }
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) {
    throw FileError(path + ": cannot be opened: " + system_reason(errno));
  }
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
}

ByteSource::ByteSource(std::string_view memory, const std::string& name, std::size_t chunk_bytes)
    : name_(name), memory_(memory), chunk_bytes_(chunk_bytes), buffer_(buffer_size(chunk_bytes)) {}

void ByteSource::refill(std::size_t wanted) {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  while (end_ < wanted && !ended_) {
    const std::size_t count = read(buffer_.data() + end_, chunk_bytes_);
    end_ += count;
    ended_ = count < chunk_bytes_;
  }
}

std::size_t ByteSource::read(char* to, std::size_t count) {
  if (!gzip_ && has_gzip_name(name_)) {
    gzip_ = std::make_unique<GzipStream>(
        name_, [this](char* bytes, std::size_t wanted) { return read_stored(bytes, wanted); });
  }
  return gzip_ ? gzip_->read(to, count) : read_stored(to, count);
}

std::size_t ByteSource::read_stored(char* to, std::size_t count) {
  if (file_) {
    const std::size_t got = std::fread(to, 1, count, file_.get());
    stored_ += got;
    if (got < count && std::ferror(file_.get())) {
      throw FileError(name_ + ": cannot be read at byte offset " + std::to_string(stored_) + ": " +
                      system_reason(errno));
    }
    return got;
  }
  const std::size_t got = std::min(count, memory_.size());
  if (got > 0) std::memcpy(to, memory_.data(), got);
  memory_.remove_prefix(got);
  return got;
}

}  // namespace unroll::detail
