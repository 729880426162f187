#include "unroll/train/run_store.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "unroll/core/error.h"
#include "unroll/models/model.h"

namespace unroll {

SafetensorsFile read_model(const RunStore& store) {
  if (std::optional<SafetensorsFile> file = store.read(RunFile::kModel)) return std::move(*file);
  throw ValueError("the run has no model: it was stopped before its first epoch ended");
}

std::string FolderStore::path(RunFile file) const {
  return folder_ + "/" + (file == RunFile::kModel ? kModelFileName : "checkpoint.safetensors");
}

void FolderStore::write(RunFile file, const SafetensorsWriter& contents) {
  contents.write(path(file));
}

std::optional<SafetensorsFile> FolderStore::read(RunFile file) const {
  struct stat status;
  if (::stat(path(file).c_str(), &status) != 0 && errno == ENOENT) return {};
  return SafetensorsFile(path(file));
}

void MemoryStore::write(RunFile file, const SafetensorsWriter& contents) {
  (file == RunFile::kModel ? model_ : checkpoint_) = contents.bytes();
}

std::optional<SafetensorsFile> MemoryStore::read(RunFile file) const {
  const bool model = file == RunFile::kModel;
  const std::optional<std::string>& bytes = model ? model_ : checkpoint_;
  if (!bytes) return {};
  return SafetensorsFile(
      InputFile::from_memory(*bytes, model ? "the model of a run" : "the checkpoint of a run"));
}

}  // namespace unroll
