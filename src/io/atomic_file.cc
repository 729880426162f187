#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"

namespace unroll {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 16;
constexpr int kNameAttempts = 10000;

std::string next_temporary_name() {
  static std::atomic<unsigned> counter{0};
  return ".unroll-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp";
}

std::string descriptor_path(int number) { return "/proc/self/fd/" + std::to_string(number); }

// The file behind a symbolic link; the path itself where there is none.
std::filesystem::path followed(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(path, ignored)) return path;
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  return error ? std::filesystem::path(path) : target;
}

}  // namespace

AtomicFile::AtomicFile(std::string path, Temporary temporary) : path_(std::move(path)) {
  if (path_.find('\0') != std::string::npos) throw FileError("a path contains a NUL byte");
  if (path_.empty()) throw FileError("cannot write a file: its path is empty");
  const std::filesystem::path target = followed(path_);
  name_ = target.filename().string();
  if (name_.empty() || name_ == "." || name_ == "..") {
    throw FileError(path_ + ": is a directory, wanted a file to write");
  }
  const std::string parent = target.parent_path().string();
  const std::string folder = parent.empty() ? "." : parent;
  folder_ = detail::FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.is_open()) fail("the folder " + folder + " cannot be opened", errno);

  struct stat status {};
  const bool replaces = ::fstatat(folder_.get(), name_.c_str(), &status, 0) == 0;
  if (!replaces && errno != ENOENT) fail("cannot be written", errno);
  if (replaces) {
    if (S_ISDIR(status.st_mode)) {
      throw FileError(path_ + ": is a directory, wanted a file to write");
    }
    if (!S_ISREG(status.st_mode)) {
      throw FileError(path_ + ": is a pipe or a device, wanted a regular file to write");
    }
    if (::faccessat(folder_.get(), name_.c_str(), W_OK, AT_EACCESS) != 0) {
      fail("cannot be written", errno);
    }
  }
  open_temporary(temporary);
  if (replaces && ::fchmod(file_.get(), status.st_mode & 07777) != 0) {
    fail("its permissions cannot be kept", errno);
  }
  buffer_.reserve(kBuffer);
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::open_temporary(Temporary temporary) {
#ifdef O_TMPFILE
  // /proc is what gives an unnamed file its name later.
  if (temporary == Temporary::kUnnamed && ::access("/proc/self/fd", X_OK) == 0) {
    file_ = detail::FileDescriptor(
        ::openat(folder_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
    if (file_.is_open()) return;
    // EISDIR: a kernel without O_TMPFILE; EOPNOTSUPP: a file system without it.
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
      fail("its folder cannot be written to", errno);
    }
  }
#else
  static_cast<void>(temporary);
#endif
  open_named();
}

void AtomicFile::open_named() {
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    const std::string name = next_temporary_name();
    file_ = detail::FileDescriptor(
        ::openat(folder_.get(), name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
    if (file_.is_open()) {
      temporary_ = name;
      return;
    }
    if (errno != EEXIST) break;
  }
  fail("its folder cannot be written to", errno);
}

void AtomicFile::link_unnamed() {
  const std::string source = descriptor_path(file_.get());
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    const std::string name = next_temporary_name();
    if (::linkat(AT_FDCWD, source.c_str(), folder_.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = name;
      return;
    }
    if (errno != EEXIST) break;
  }
  fail("its folder cannot be written to", errno);
}

void AtomicFile::write(std::string_view bytes) { write(bytes.data(), bytes.size()); }

void AtomicFile::write(const void* bytes, std::size_t count) {
  require_open();
  const auto* first = static_cast<const char*>(bytes);
  if (buffer_.size() + count > kBuffer) {
    write_through(buffer_.data(), buffer_.size());
    buffer_.clear();
  }
  if (count > kBuffer) {
    write_through(first, count);
  } else {
    buffer_.append(first, count);
  }
}

void AtomicFile::write_through(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(file_.get(), bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written", errno);
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::commit() {
  require_open();
  write_through(buffer_.data(), buffer_.size());
  buffer_.clear();
  if (::fsync(file_.get()) != 0) fail("cannot be synced to the disk", errno);
  if (temporary_.empty()) link_unnamed();
  if (::renameat(folder_.get(), temporary_.c_str(), folder_.get(), name_.c_str()) != 0) {
    fail("cannot be replaced", errno);
  }
  temporary_.clear();
  file_.close();
  // Some file systems cannot sync a folder and say EINVAL; they need no such call.
  if (::fsync(folder_.get()) != 0 && errno != EINVAL) {
    fail("was replaced, but its folder cannot be synced to the disk", errno);
  }
}

void AtomicFile::require_open() const {
  if (!file_.is_open()) {
    throw ValueError(path_ + ": nothing can be written after commit() or after a failure");
  }
}

void AtomicFile::discard() noexcept {
  file_.close();
  if (!temporary_.empty()) ::unlinkat(folder_.get(), temporary_.c_str(), 0);
  temporary_.clear();
}

void AtomicFile::fail(const std::string& what, int error) {
  discard();
  throw FileError(path_ + ": " + what + ": " + system_reason(error));
}

void write_file_atomically(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace unroll
