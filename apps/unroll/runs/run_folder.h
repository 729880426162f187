#pragma once

#include <string>
#include <utility>

#include "unroll/io/file.h"
#include "unroll/train/run_store.h"

namespace unroll::app {

// The folder of a training run: config.toml, log.jsonl, checkpoint.safetensors, model.safetensors,
// and when it has ended result.json and, of labelled or numeric sequences, predictions.csv.
// Held by one process at a time.
class RunFolder {
 public:
  // A folder for a new run, made when it is missing. Throws UsageError when it holds a run already,
  // unless `overwrite`: that run goes into the folder ".previous-run" inside until the new one has
  // a model, and is then removed. Throws FileError when it cannot be made.
  static RunFolder create(const std::string& path, bool overwrite);
  // The folder of an earlier run. Throws UsageError when it holds none.
  static RunFolder open(const std::string& path);

  // Removes config.toml, and the folder if create() made it: nothing was trained.
  void discard() noexcept;
  // Where the new run has no model yet, puts the run that it was to replace back in its place;
  // false where there is none.
  bool restore_previous();

  const std::string& path() const { return path_; }
  RunStore& store() { return store_; }  // checkpoint and model
  std::string model() const { return store_.path(RunFile::kModel); }
  std::string config() const { return path_ + "/config.toml"; }
  std::string log() const { return path_ + "/log.jsonl"; }
  std::string result() const { return path_ + "/result.json"; }
  std::string predictions() const { return path_ + "/predictions.csv"; }

  // Throws what create() would throw for a folder that holds a run.
  static void require_no_run(const std::string& path);

 private:
  // Removes the previous run once there is a model.
  class Store : public FolderStore {
   public:
    explicit Store(std::string folder) : FolderStore(folder), folder_(std::move(folder)) {}
    void write(RunFile file, const SafetensorsWriter& contents) override;

   private:
    std::string folder_;
  };

  explicit RunFolder(std::string path);  // takes the lock
  void set_aside();

  std::string path_;
  Store store_;
  bool made_ = false;  // create() made the folder
  detail::FileDescriptor lock_;
};

}  // namespace unroll::app
