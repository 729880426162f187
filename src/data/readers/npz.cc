// NumPy's files: .npy is one array, .npz a zip archive of them.
#include <minizip/unzip.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <type_traits>

#include "data/file_kind.h"
#include "data/readers/numpy_sequences.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 16;
constexpr const char* kInputs[] = {"x", "X"};
constexpr const char* kTargets[] = {"y", "label", "labels", "target", "targets"};
constexpr char kLengths[] = "lengths";

template <std::size_t kCount>
bool is_among(const std::string& name, const char* const (&names)[kCount]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::vector<std::string> known_names() {
  std::vector<std::string> names(std::begin(kInputs), std::end(kInputs));
  names.insert(names.end(), std::begin(kTargets), std::end(kTargets));
  names.emplace_back(kLengths);
  return names;
}

struct Close {
  void operator()(unzFile file) const { unzClose(file); }
};

// A zip archive, one entry after the other.
class Archive {
 public:
  explicit Archive(const std::string& path) : path_(path), file_(unzOpen64(path.c_str())) {
    if (!file_) fail("is no zip archive, or its directory is damaged");
    more_ = unzGoToFirstFile(file_.get()) == UNZ_OK;
  }

  bool has_entry() const { return more_; }
  void next() {
    const int status = unzGoToNextFile(file_.get());
    if (status != UNZ_OK && status != UNZ_END_OF_LIST_OF_FILE) fail("its directory is damaged");
    more_ = status == UNZ_OK;
  }

  // The name of the entry, without .npy.
  std::string name() {
    std::array<char, 256> name{};
    if (unzGetCurrentFileInfo64(file_.get(), &info_, name.data(), name.size() - 1, nullptr, 0,
                                nullptr, 0) != UNZ_OK) {
      fail("its directory is damaged");
    }
    std::string text = name.data();
    if (!text.ends_with(".npy")) fail("holds " + quote(text) + ", which is no .npy");
    text.resize(text.size() - 4);
    return text;
  }

  // The array of the entry whose name() was asked for.
  NpyArray read(const std::string& name) {
    const std::string where = "array " + quote(name) + ": ";
    if ((info_.flag & 1) != 0) fail(where + "is encrypted");
    if (info_.compression_method != 0 && info_.compression_method != Z_DEFLATED) {
      fail(where + "is compressed by method " + std::to_string(info_.compression_method) +
           "; wanted none or deflate, as numpy.savez and savez_compressed write");
    }
    if (unzOpenCurrentFile(file_.get()) != UNZ_OK) fail(where + "the archive is damaged");
    const auto bytes = [&](char* to, std::size_t count) {
      std::size_t done = 0;
      while (done < count) {
        const auto wanted = static_cast<unsigned>(std::min<std::size_t>(count - done, 1u << 30));
        const int got = unzReadCurrentFile(file_.get(), to + done, wanted);
        if (got < 0) fail(where + "the archive is damaged");
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
      }
      return done;
    };
    NpyArray array = read_npy(path_ + ": array " + quote(name), bytes, info_.uncompressed_size);
    if (unzCloseCurrentFile(file_.get()) != UNZ_OK) {
      fail(where + "its checksum is wrong: the archive is damaged");
    }
    return array;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw FormatError(path_ + ": " + what); }

  std::string path_;
  std::unique_ptr<std::remove_pointer_t<unzFile>, Close> file_;
  unz_file_info64 info_{};
  bool more_ = false;
};

}  // namespace

void read_npy_file(const std::string& path, Sequences& out) {
  if (out.target != TargetKind::kNone) {
    throw FormatError(path +
                      ": a .npy file holds inputs alone; put x and y into one .npz "
                      "(numpy.savez)");
  }
  ByteSource source(path, kChunkBytes);
  std::error_code unknown;
  std::optional<std::uint64_t> size = std::filesystem::file_size(path, unknown);
  if (unknown || has_gzip_name(path)) size.reset();
  const auto read = [&](char* to, std::size_t count) {
    std::size_t done = 0;
    while (done < count) {
      const std::string_view bytes = source.peek(1).substr(0, count - done);
      if (bytes.empty()) break;
      bytes.copy(to + done, bytes.size());
      source.consume(bytes.size());
      done += bytes.size();
    }
    return done;
  };
  NumpyArrays arrays;
  arrays.x_name = "the array";
  arrays.x = read_npy(path, read, size);
  fill_from_numpy(arrays, out);
}

void read_npz_file(const std::string& path, Sequences& out) {
  {
    // What is missing, unreadable or no archive says so better than minizip would.
    ByteSource source(path, kChunkBytes);
    const std::string_view start = source.peek(1);
    if (!start.starts_with("PK\x03\x04")) {
      refuse_other_kind(path, start, "a zip archive of arrays (.npz)");
    }
  }
  if (has_gzip_name(path)) {
    throw FormatError(path + ": an .npz file is compressed inside; decompress the .gz (gunzip)");
  }
  NumpyArrays arrays;
  std::set<std::string> names;
  for (Archive archive(path); archive.has_entry(); archive.next()) {
    const std::string name = archive.name();
    if (!names.insert(name).second) {
      throw FormatError(path + ": the array " + quote(name) + " stands twice");
    }
    if (is_among(name, kInputs)) {
      if (arrays.x) throw FormatError(path + ": has both x and X");
      arrays.x_name = name;
      arrays.x = archive.read(name);
    } else if (name == kLengths) {
      arrays.lengths = archive.read(name);
    } else if (is_among(name, kTargets)) {
      if (out.target == TargetKind::kNone) continue;
      if (arrays.y) {
        throw FormatError(path + ": has both " + arrays.y_name + " and " + name +
                          "; which one is the target?");
      }
      arrays.y_name = name;
      arrays.y = archive.read(name);
    } else {
      const bool split = name == "x_train" || name == "x_test";
      throw FormatError(
          path + ": " + unknown_name_message("array", name, known_names()) +
          (split ? "; a file a set: numpy.savez('train.npz', x=x_train, y=y_train)" : ""));
    }
  }
  if (!arrays.x) throw FormatError(path + ": has no array x");
  if (!arrays.y && out.target != TargetKind::kNone) {
    throw FormatError(path + ": has no array y");
  }
  fill_from_numpy(arrays, out);
}

}  // namespace unroll::detail
