#include "unroll/io/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
constexpr std::size_t kLimit = 1 << 24;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Makes every write beyond `bytes` of a file fail, as a full disk does, while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error("setrlimit");
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

class AtomicFileTest : public testing::TestWithParam<AtomicFile::Temporary> {
 protected:
  TemporaryFolder folder_;
};

TEST_P(AtomicFileTest, WritesAllBytes) {
  std::string wanted;
  {
    AtomicFile file(folder_.file("a"), GetParam());
    for (const std::size_t count : {0u, 1u, 65535u, 65536u, 65537u, 3u, 200000u}) {
      const std::string part(count, static_cast<char>('a' + count % 26));
      file.write(part);
      wanted += part;
    }
    file.commit();
  }
  EXPECT_EQ(read_file(folder_.file("a"), kLimit), wanted);
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_P(AtomicFileTest, OldContentsStayUntilCommit) {
  const std::string path = folder_.file("a");
  write_file_atomically(path, "old");
  AtomicFile file(path, GetParam());
  file.write(std::string(100000, 'x'));
  EXPECT_EQ(read_file(path, kLimit), "old");
  file.commit();
  EXPECT_EQ(read_file(path, kLimit), std::string(100000, 'x'));
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_P(AtomicFileTest, LeavesNothingWithoutCommit) {
  {
    AtomicFile file(folder_.file("a"), GetParam());
    file.write(std::string(100000, 'x'));
    EXPECT_FALSE(std::filesystem::exists(folder_.file("a")));
  }
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_P(AtomicFileTest, DiskFull) {
  const std::string path = folder_.file("a");
  write_file_atomically(path, "old");
  {
    AtomicFile file(path, GetParam());
    const FileSizeLimit full(100000);
    const std::string message =
        message_of<FileError>([&] { file.write(std::string(200000, 'x')); });
    EXPECT_TRUE(contains(message, path + ": cannot be written: File too large")) << message;
    EXPECT_EQ(folder_.names(), Names{"a"});
    EXPECT_THROW(file.write("more"), ValueError);
    EXPECT_THROW(file.commit(), ValueError);
  }
  EXPECT_EQ(read_file(path, kLimit), "old");
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_P(AtomicFileTest, DiskFullAtCommit) {
  AtomicFile file(folder_.file("a"), GetParam());
  const FileSizeLimit full(10);
  file.write("more than ten bytes");
  EXPECT_TRUE(contains(message_of<FileError>([&] { file.commit(); }), "File too large"));
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_P(AtomicFileTest, TargetBecomesFolder) {
  AtomicFile file(folder_.file("a"), GetParam());
  file.write("text");
  ASSERT_EQ(::mkdir(folder_.file("a").c_str(), 0777), 0);
  const std::string message = message_of<FileError>([&] { file.commit(); });
  EXPECT_TRUE(contains(message, folder_.file("a") + ": cannot be replaced: Is a directory"));
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_P(AtomicFileTest, KeepsPermissions) {
  const std::string path = folder_.file("a");
  write_file_atomically(path, "old");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  AtomicFile file(path, GetParam());
  file.commit();
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0640u);
}

TEST_P(AtomicFileTest, NewFileFollowsUmask) {
  const mode_t before = ::umask(027);
  AtomicFile file(folder_.file("a"), GetParam());
  file.commit();
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(folder_.file("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0640u);
}

INSTANTIATE_TEST_SUITE_P(Temporaries, AtomicFileTest,
                         testing::Values(AtomicFile::Temporary::kUnnamed,
                                         AtomicFile::Temporary::kNamed));

TEST(AtomicFile, KilledProcessLeavesNothing) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    AtomicFile file(folder.file("a"));
    file.write(std::string(200000, 'x'));
    if (::write(ready[1], "r", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const bool unnamed = folder.names().empty();
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  if (!unnamed) GTEST_SKIP() << "no unnamed files in " << folder.path();
  EXPECT_EQ(folder.names(), Names{});
}

TEST(AtomicFile, CommitsOnce) {
  const TemporaryFolder folder;
  AtomicFile file(folder.file("a"));
  file.write("text");
  file.commit();
  EXPECT_THROW(file.write("more"), ValueError);
  EXPECT_THROW(file.commit(), ValueError);
  EXPECT_EQ(read_file(folder.file("a"), kLimit), "text");
}

TEST(AtomicFile, FollowsSymbolicLink) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("sub"));
  write_file_atomically(folder.file("sub/real"), "old");
  std::filesystem::create_symlink("sub/real", folder.file("link"));
  write_file_atomically(folder.file("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link")));
  EXPECT_EQ(read_file(folder.file("sub/real"), kLimit), "new");
}

TEST(AtomicFile, RelativePathMeansTheFolderOfTheStart) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  AtomicFile file("a");
  file.write("text");
  std::filesystem::current_path(before);
  file.commit();
  EXPECT_EQ(read_file(folder.file("a"), kLimit), "text");
}

TEST(AtomicFile, RefusesBadTargets) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("sub"));
  const auto refusal = [](const std::string& path) {
    return message_of<FileError>([&] { write_file_atomically(path, "text"); });
  };
  EXPECT_EQ(refusal(folder.file("sub")),
            folder.file("sub") + ": is a directory, wanted a file to write");
  EXPECT_TRUE(contains(refusal(folder.file("sub/")), "is a directory"));
  EXPECT_TRUE(contains(refusal(folder.file("sub/..")), "is a directory"));
  EXPECT_TRUE(contains(refusal(folder.file("none/a")), "none cannot be opened: No such file"));
  EXPECT_TRUE(contains(refusal(folder.file(std::string(300, 'x'))), "File name too long"));
  EXPECT_TRUE(contains(refusal(""), "its path is empty"));
  EXPECT_TRUE(contains(refusal(std::string("a\0b", 3)), "NUL"));
  EXPECT_TRUE(contains(refusal("/dev/full"), "/dev/full: is a pipe or a device"));
  EXPECT_EQ(folder.names(), Names{"sub"});
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(AtomicFile, RefusesReadOnly) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TemporaryFolder folder;
  write_file_atomically(folder.file("a"), "old");
  ASSERT_EQ(::chmod(folder.file("a").c_str(), 0444), 0);
  EXPECT_TRUE(contains(message_of<FileError>([&] { AtomicFile file(folder.file("a")); }),
                       "a: cannot be written: Permission denied"));
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  const std::string message = message_of<FileError>([&] { AtomicFile file(folder.file("b")); });
  ::chmod(folder.path().c_str(), 0755);
  EXPECT_TRUE(contains(message, "b: its folder cannot be written to: Permission denied"));
  EXPECT_EQ(folder.names(), Names{"a"});
}

TEST(ReadFile, LimitIsExact) {
  const TemporaryFolder folder;
  write_file_atomically(folder.file("a"), std::string("12\0"
                                                      "45",
                                                      5));
  EXPECT_EQ(read_file(folder.file("a"), 5), std::string("12\0"
                                                        "45",
                                                        5));
  EXPECT_EQ(message_of<FormatError>([&] { read_file(folder.file("a"), 4); }),
            folder.file("a") + ": has 5 bytes; at most 4 are allowed");
}

TEST(ReadFile, FilesWithoutSize) {
  EXPECT_FALSE(read_file("/proc/self/status", kLimit).empty());
  EXPECT_TRUE(contains(message_of<FormatError>([&] { read_file("/dev/zero", 100000); }),
                       "/dev/zero: has more than 100000 bytes"));
}

TEST(ReadFile, BadPaths) {
  const TemporaryFolder folder;
  const auto refusal = [](const std::string& path) {
    const std::string message = message_of<FileError>([&] { read_file(path, kLimit); });
    EXPECT_EQ(message_of<FileError>([&] { InputFile file(path); }), message);
    return message;
  };
  EXPECT_EQ(refusal(folder.file("none")),
            folder.file("none") + ": cannot be opened: No such file or directory");
  EXPECT_EQ(refusal(folder.path()), folder.path() + ": is a directory, wanted a file");
  EXPECT_TRUE(contains(refusal(""), "its path is empty"));
  EXPECT_TRUE(contains(refusal(std::string("a\0b", 3)), "NUL"));
  if (::geteuid() != 0) {
    write_file_atomically(folder.file("a"), "text");
    ASSERT_EQ(::chmod(folder.file("a").c_str(), 0), 0);
    EXPECT_EQ(refusal(folder.file("a")),
              folder.file("a") + ": cannot be opened: Permission denied");
  }
}

TEST(InputFile, ReadsAnywhere) {
  const TemporaryFolder folder;
  write_file_atomically(folder.file("a"), "0123456789");
  const InputFile file(folder.file("a"));
  EXPECT_EQ(file.size(), 10u);
  char bytes[4] = {};
  file.read_at(6, bytes, 4);
  EXPECT_EQ(std::string(bytes, 4), "6789");
  EXPECT_TRUE(contains(message_of<FileError>([&] { file.read_at(7, bytes, 4); }),
                       "a: ends at byte 10 of 10"));
}

TEST(InputFile, KeepsTheFileThatItOpened) {
  const TemporaryFolder folder;
  write_file_atomically(folder.file("a"), "old");
  const InputFile file(folder.file("a"));
  write_file_atomically(folder.file("a"), "new");
  char bytes[3] = {};
  file.read_at(0, bytes, 3);
  EXPECT_EQ(std::string(bytes, 3), "old");
}

TEST(InputFile, RefusesPipesWithoutWaiting) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0666), 0);
  EXPECT_TRUE(contains(message_of<FileError>([&] { InputFile file(folder.file("pipe")); }),
                       "pipe: is a pipe or a device"));
}

}  // namespace
}  // namespace unroll
