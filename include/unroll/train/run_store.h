#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "unroll/io/safetensors.h"

#pragma GCC visibility push(default)

namespace unroll {

enum class RunFile : std::uint8_t {
  kCheckpoint,  // all that the rest of a run depends on
  kModel,       // the best on validation (see Validation); without validation the last
};

// Where a training run keeps its files. Each is replaced as a whole, or stays as it was.
class RunStore {
 public:
  virtual ~RunStore() = default;
  // Throws FileError.
  virtual void write(RunFile file, const SafetensorsWriter& contents) = 0;
  // Nothing where it has not been written. Throws FileError, and FormatError for a damaged file.
  virtual std::optional<SafetensorsFile> read(RunFile file) const = 0;
};

// The model. Throws ValueError where there is none: the run was stopped before its first epoch
// ended.
SafetensorsFile read_model(const RunStore& store);

// checkpoint.safetensors and model.safetensors in a folder, which is there.
class FolderStore : public RunStore {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  std::string path(RunFile file) const;

  void write(RunFile file, const SafetensorsWriter& contents) override;
  std::optional<SafetensorsFile> read(RunFile file) const override;

 private:
  std::string folder_;
};

// The same files as bytes in memory.
class MemoryStore : public RunStore {
 public:
  void write(RunFile file, const SafetensorsWriter& contents) override;
  std::optional<SafetensorsFile> read(RunFile file) const override;

 private:
  std::optional<std::string> checkpoint_, model_;
};

}  // namespace unroll

#pragma GCC visibility pop
