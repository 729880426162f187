#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace unroll {

namespace detail {
// Owns a descriptor of the operating system; -1 for none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { close(); }

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() noexcept;

 private:
  int number_ = -1;
};
}  // namespace detail

// A regular file, or bytes in memory, read at any place. A file: keeps showing the file that it
// opened when another one is renamed over the path.
class InputFile {
 public:
  // Throws FileError when the path is missing, not readable, a directory or not a regular file.
  explicit InputFile(std::string path);
  // Reads bytes that are in memory; `name` takes the path's place in messages.
  static InputFile from_memory(std::string bytes, std::string name);

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }  // bytes, when it was opened

  // Bytes offset … offset+count-1. Throws FileError when they cannot be read, also because the file
  // was shortened meanwhile.
  void read_at(std::uint64_t offset, void* bytes, std::size_t count) const;

 private:
  InputFile() = default;

  std::string path_;
  detail::FileDescriptor file_;  // not open: the bytes are in memory_
  std::string memory_;
  std::uint64_t size_ = 0;
};

// All bytes of a file, pipe or device. Throws FileError when it cannot be read, FormatError when it
// has more than max_bytes bytes.
std::string read_file(const std::string& path, std::size_t max_bytes);

// Replaces a file as a whole: the path shows the old contents, or none, until commit(), and all of
// the new ones afterwards, even when the process is killed or the machine loses power in between.
// The contents go into a temporary file in the same folder. A symbolic link to an existing file is
// followed. The permissions of a file that is replaced are kept.
class AtomicFile {
 public:
  // An unnamed temporary vanishes even when the process is killed. Where the file system has none,
  // a named one is used; the destructor removes it.
  enum class Temporary { kUnnamed, kNamed };

  // Throws FileError when the folder is missing or not writable, or when the path is a directory, a
  // device or a read-only file.
  explicit AtomicFile(std::string path, Temporary temporary = Temporary::kUnnamed);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  const std::string& path() const { return path_; }

  // Appends. Throws FileError, on a full disk for example; the temporary is then gone, and nothing
  // can be written or committed any more.
  void write(std::string_view bytes);
  void write(const void* bytes, std::size_t count);

  // Writes what is left, syncs the file to the disk, renames it over the path and syncs the folder.
  // Throws FileError; unless only the last of these steps failed, the path is then unchanged.
  void commit();

 private:
  void open_temporary(Temporary temporary);
  void open_named();
  void link_unnamed();
  void write_through(const char* bytes, std::size_t count);
  void require_open() const;
  void discard() noexcept;
  [[noreturn]] void fail(const std::string& what, int error);

  std::string path_;
  std::string name_;       // of the target, inside the folder
  std::string temporary_;  // inside the folder; empty while the temporary has no name
  detail::FileDescriptor folder_;
  detail::FileDescriptor file_;
  std::string buffer_;
};

// Throws as AtomicFile does.
void write_file_atomically(const std::string& path, std::string_view bytes);

}  // namespace unroll

#pragma GCC visibility pop
