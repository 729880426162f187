#include "unroll/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;

// Opens for reading and refuses directories. Throws FileError.
detail::FileDescriptor open_input(const std::string& path, int flags, struct stat& status) {
  // The system would take the part before a NUL byte for the path.
  if (path.find('\0') != std::string::npos) throw FileError("a path contains a NUL byte");
  if (path.empty()) throw FileError("cannot read a file: its path is empty");
  detail::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
    throw FileError(path + ": cannot be opened: " + system_reason(errno));
  }
  if (S_ISDIR(status.st_mode)) throw FileError(path + ": is a directory, wanted a file");
  return file;
}

}  // namespace

namespace detail {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

void FileDescriptor::close() noexcept {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

}  // namespace detail

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  struct stat status {};
  // Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
  file_ = open_input(path_, O_NONBLOCK, status);
  if (!S_ISREG(status.st_mode)) {
    throw FileError(path_ + ": is a pipe or a device, wanted a regular file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile InputFile::from_memory(std::string bytes, std::string name) {
  InputFile file;
  file.path_ = std::move(name);
  file.size_ = bytes.size();
  file.memory_ = std::move(bytes);
  return file;
}

void InputFile::read_at(std::uint64_t offset, void* bytes, std::size_t count) const {
  if (!file_.is_open() && offset <= memory_.size() && count <= memory_.size() - offset) {
    memory_.copy(static_cast<char*>(bytes), count, static_cast<std::size_t>(offset));
    return;
  }
  auto* next = static_cast<char*>(bytes);
  while (count > 0) {
    const ssize_t got = ::pread(file_.get(), next, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError(path_ + ": cannot be read: " + system_reason(errno));
    if (got == 0) {
      throw FileError(path_ + ": ends at byte " + std::to_string(offset) + " of " +
                      std::to_string(size_) + ": it was shortened while it was read");
    }
    next += got;
    offset += static_cast<std::uint64_t>(got);
    count -= static_cast<std::size_t>(got);
  }
}

std::string read_file(const std::string& path, std::size_t max_bytes) {
  struct stat status {};
  const detail::FileDescriptor file = open_input(path, 0, status);
  const auto too_large = [&](const std::string& bytes) {
    return FormatError(path + ": has " + bytes + " bytes; at most " + std::to_string(max_bytes) +
                       " are allowed");
  };
  std::string bytes;
  if (S_ISREG(status.st_mode)) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > max_bytes) throw too_large(std::to_string(size));
    bytes.reserve(static_cast<std::size_t>(size));
  }
  // Pipes and files of /proc do not tell their size: read to the end, and no further than allowed.
  std::string chunk(kChunk, '\0');
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError(path + ": cannot be read: " + system_reason(errno));
    if (got == 0) return bytes;
    if (static_cast<std::size_t>(got) > max_bytes - bytes.size()) {
      throw too_large("more than " + std::to_string(max_bytes));
    }
    bytes.append(chunk, 0, static_cast<std::size_t>(got));
  }
}

}  // namespace unroll
