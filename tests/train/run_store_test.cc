// Both stores keep what is written last, as the same bytes.

#include "unroll/train/run_store.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/core/tensor.h"
#include "unroll/io/file.h"

namespace unroll {
namespace {

SafetensorsWriter contents(const Tensor<float>& tensor, const std::string& text) {
  SafetensorsWriter writer;
  writer.set_metadata("text", text);
  writer.add("x", tensor);
  return writer;
}

TEST(RunStore, KeepsWhatIsWrittenLast) {
  const TemporaryFolder folder;
  FolderStore files(folder.path());
  MemoryStore memory;
  const Tensor<float> tensor({2, 3});
  for (RunStore* store : std::initializer_list<RunStore*>{&files, &memory}) {
    EXPECT_FALSE(store->read(RunFile::kModel));
    EXPECT_FALSE(store->read(RunFile::kCheckpoint));
    store->write(RunFile::kModel, contents(tensor, "one"));
    EXPECT_FALSE(store->read(RunFile::kCheckpoint));
    store->write(RunFile::kCheckpoint, contents(tensor, "two"));
    store->write(RunFile::kModel, contents(tensor, "three"));
    const SafetensorsFile model = store->read(RunFile::kModel).value();
    EXPECT_EQ(model.metadata().at("text"), "three");
    EXPECT_EQ(model.read<float>("x", {2, 3}).size(), 6u);
    EXPECT_EQ(store->read(RunFile::kCheckpoint)->metadata().at("text"), "two");
  }
  EXPECT_EQ(files.path(RunFile::kModel), folder.path() + "/model.safetensors");
  EXPECT_EQ(read_file(files.path(RunFile::kModel), 1 << 20), contents(tensor, "three").bytes());
}

TEST(RunStore, DamagedBytesAreNamedByWhatTheyAre) {
  try {
    SafetensorsFile(InputFile::from_memory("short", "the model of a run"));
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_EQ(std::string(error.what()).find("the model of a run: has 5 bytes"), 0u);
  }
}

TEST(RunStore, AFolderThatIsNotThereIsAnError) {
  FolderStore nowhere("/nonexistent/folder");
  EXPECT_FALSE(nowhere.read(RunFile::kModel));
  EXPECT_THROW(nowhere.write(RunFile::kModel, SafetensorsWriter()), FileError);
}

}  // namespace
}  // namespace unroll
