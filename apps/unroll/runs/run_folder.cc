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

// Not a name that somebody would give a folder of their own, which would be taken away.
std::string previous_of(const std::string& folder) { return folder + "/.previous-run"; }

void remove_run(const std::string& folder) {
  std::error_code error;
  for (const std::string& file : files(folder)) {
    fs::remove(file, error);
    if (error) throw FileError("cannot remove " + file + ": " + error.message());
  }
}

void move_run(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directories(to, error);
  if (error) throw FileError("cannot make the folder " + to + ": " + error.message());
  const auto sources = files(from), targets = files(to);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!exists(sources[i])) continue;
    fs::rename(sources[i], targets[i], error);
    if (error) {
      throw FileError("cannot move " + sources[i] + " to " + targets[i] + ": " + error.message());
    }
  }
}

void remove_previous(const std::string& folder) {
  const std::string previous = previous_of(folder);
  if (!exists(previous)) return;
  remove_run(previous);
  std::error_code ignored;  // it holds something of somebody else's
  fs::remove(previous, ignored);
}

}  // namespace

void RunFolder::Store::write(RunFile file, const SafetensorsWriter& contents) {
  FolderStore::write(file, contents);
  if (file == RunFile::kModel) remove_previous(folder_);
}

// A run that has no model yet does not take the place of one that was set aside for it.
void RunFolder::set_aside() {
  const std::string previous = previous_of(path_);
  if (exists(FolderStore(previous).path(RunFile::kModel)) && !exists(model())) {
    return remove_run(path_);
  }
  remove_previous(path_);
  if (exists(model())) return move_run(path_, previous);
  remove_run(path_);
}

bool RunFolder::restore_previous() {
  const std::string previous = previous_of(path_);
  if (exists(model()) || !exists(previous)) return false;
  remove_run(path_);
  move_run(previous, path_);
  remove_previous(path_);
  return true;
}

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
  folder.set_aside();
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
