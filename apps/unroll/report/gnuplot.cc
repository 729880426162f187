#include "report/gnuplot.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

#include "support/quote.h"
#include "unroll/core/error.h"

extern char** environ;

namespace unroll::app::report {
namespace {

// A file without a name that goes when it is closed. Files, unlike pipes, take all that is written
// while nobody reads, so that one side never waits for the other.
class Scratch {
 public:
  Scratch() : file_(std::tmpfile()) {
    if (!file_) fail();
  }

  int descriptor() const { return ::fileno(file_.get()); }

  // What is read next is read from its start.
  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
        std::fflush(file_.get()) != 0) {
      fail();
    }
    std::rewind(file_.get());
  }
  std::string contents() {
    std::rewind(file_.get());
    std::string text;
    char bytes[1 << 14];
    for (std::size_t count = 1; count > 0;) {
      count = std::fread(bytes, 1, sizeof bytes, file_.get());
      text.append(bytes, count);
    }
    if (std::ferror(file_.get()) != 0) fail();
    return text;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  [[noreturn]] static void fail() {
    throw FileError("cannot use a temporary file, which the charts need: " + system_reason(errno));
  }

  std::unique_ptr<std::FILE, Close> file_;
};

struct FileActions {
  FileActions() { ::posix_spawn_file_actions_init(&value); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&value); }
  posix_spawn_file_actions_t value;
};

struct Attributes {
  Attributes() { ::posix_spawnattr_init(&value); }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  posix_spawnattr_t value;
};

// Starts it with the three files as its standard ones. This program ignores SIGPIPE; gnuplot does
// not.
pid_t start(const Scratch& in, const Scratch& out, const Scratch& err) {
  FileActions files;
  ::posix_spawn_file_actions_adddup2(&files.value, in.descriptor(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files.value, out.descriptor(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files.value, err.descriptor(), STDERR_FILENO);
  Attributes attributes;
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes.value, &signals);
  ::posix_spawnattr_setflags(&attributes.value, POSIX_SPAWN_SETSIGDEF);
  std::string words[] = {"gnuplot", "--default-settings", "-"};
  char* const arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t process = 0;
  const int error =
      ::posix_spawnp(&process, "gnuplot", &files.value, &attributes.value, arguments, environ);
  if (error == ENOENT) {
    throw FileError(
        "gnuplot, which draws the charts, is not in PATH; install it: the Debian package is "
        "gnuplot-nox");
  }
  if (error != 0) throw FileError("gnuplot cannot be started: " + system_reason(error));
  return process;
}

std::string last_line(std::string text) {
  text.erase(text.find_last_not_of(" \n") + 1);
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

std::string run_gnuplot(const std::string& script) {
  Scratch in, out, err;
  in.write(script);
  const pid_t process = start(in, out, err);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) throw FileError("gnuplot was lost: " + system_reason(errno));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw FileError("gnuplot failed: " + quote(last_line(err.contents())));
  }
  return out.contents();
}

}  // namespace unroll::app::report
