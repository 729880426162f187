// What a control group allows, from the files that Linux has about it.

#include "core/processors.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "temporary_folder.h"
#include "unroll/core/threads.h"

namespace unroll {
namespace {

class ControlGroup : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = folder_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
  }
  int allowed() const { return cgroup_processors(folder_.path()); }

  TemporaryFolder folder_;
};

TEST_F(ControlGroup, WithoutALimitAllowsAll) {
  EXPECT_EQ(allowed(), 0);
  write("/proc/self/cgroup", "0::/");
  EXPECT_EQ(allowed(), 0);
  write("/sys/fs/cgroup/cpu.max", "max 100000");
  EXPECT_EQ(allowed(), 0);
}

TEST_F(ControlGroup, OfVersion2RoundsUp) {
  write("/proc/self/cgroup", "0::/user/app");
  write("/sys/fs/cgroup/user/app/cpu.max", "150000 100000");
  EXPECT_EQ(allowed(), 2);
  write("/sys/fs/cgroup/user/app/cpu.max", "300000 100000");
  EXPECT_EQ(allowed(), 3);
  write("/sys/fs/cgroup/user/app/cpu.max", "10000 100000");
  EXPECT_EQ(allowed(), 1);
}

TEST_F(ControlGroup, CountsTheLeastOfThoseAroundIt) {
  write("/proc/self/cgroup", "0::/user/app");
  write("/sys/fs/cgroup/user/cpu.max", "400000 100000");
  write("/sys/fs/cgroup/user/app/cpu.max", "max 100000");
  EXPECT_EQ(allowed(), 4);
}

TEST_F(ControlGroup, OfVersion1HasTwoFiles) {
  write("/proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/app");
  write("/sys/fs/cgroup/cpu/app/cpu.cfs_quota_us", "-1");
  write("/sys/fs/cgroup/cpu/app/cpu.cfs_period_us", "100000");
  EXPECT_EQ(allowed(), 0);
  write("/sys/fs/cgroup/cpu/app/cpu.cfs_quota_us", "250000");
  EXPECT_EQ(allowed(), 3);
}

TEST_F(ControlGroup, WithDamagedFilesIsPassedOver) {
  write("/proc/self/cgroup", "nonsense");
  EXPECT_EQ(allowed(), 0);
  write("/proc/self/cgroup", "0::/");
  write("/sys/fs/cgroup/cpu.max", "x y");
  EXPECT_EQ(allowed(), 0);
}

}  // namespace
}  // namespace unroll
