#include "runs/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "errors.h"
#include "unroll/core/error.h"
#include "unroll/train/run_store.h"

namespace unroll::app {
namespace fs = std::filesystem;
namespace {

std::array<std::string, 7> files(const std::string& folder) {
  const FolderStore store(folder);
  return {store.path(RunFile::kCheckpoint), store.path(RunFile::kModel), folder + "/log.jsonl",
          folder + "/result.json",          folder + "/predictions.csv", folder + "/report.html",
          folder + "/config.toml"};
}

bool exists(const std::string& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found && !error;
}

}  // namespace

void RunFolder::require_no_run(const std::string& path) {
  for (const std::string& file : files(path)) {
    if (!exists(file)) continue;
    throw UsageError("--output " + path + ": holds a run already (" +
                     fs::path(file).filename().string() + "); continue it with --resume " + path +
                     ", choose another folder, or replace it with --overwrite");
  }
}

RunFolder RunFolder::create(const std::string& path, bool overwrite) {
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) throw FileError("cannot make the folder " + path + ": " + error.message());
  RunFolder folder(path);
  folder.made_ = made;
  if (!overwrite) require_no_run(path);
  for (const std::string& file : files(path)) {
    fs::remove(file, error);
    if (error) throw FileError("cannot remove " + file + ": " + error.message());
  }
  return folder;
}

void RunFolder::discard() noexcept {
  std::error_code ignored;
  fs::remove(config(), ignored);
  if (made_) fs::remove(path_, ignored);
}

RunFolder RunFolder::open(const std::string& path) {
  if (!exists(path + "/config.toml")) {
    throw UsageError("--resume " + path + ": there is no run in it (no config.toml); start one " +
                     "with --train FILE --output " + path);
  }
  return RunFolder(path);
}

RunFolder::RunFolder(std::string path) : path_(std::move(path)), store_(path_) {
  lock_ = detail::FileDescriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock_.is_open()) {
    throw FileError("cannot open the folder " + path_ + ": " + std::strerror(errno));
  }
  // File systems without locks go without.
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw FileError(path_ +
                    ": another process is training in this folder; wait for it, or choose " +
                    "another folder");
  }
}

}  // namespace unroll::app
