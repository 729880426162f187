#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "temporary_folder.h"

extern char** environ;

namespace unroll {

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A text of `lines` lines in which words follow each other by a rule.
inline std::string small_text(int lines) {
  const char* const words[] = {"the", "cat", "sat", "on", "a", "mat", "and", "ran"};
  std::string text;
  for (int line = 0; line < lines; ++line) {
    for (int i = 0; i < 9; ++i) {
      text += words[(line * line + i * (line % 3 + 1)) % 8];
      text += i == 8 ? "\n" : " ";
    }
  }
  return text;
}

using Words = std::vector<std::string>;
inline Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Outcome {
  int code = -1;         // exit code; -1 when a signal ended it
  int signal = 0;        // that signal
  std::string out = {};  // standard output and error
  std::string err = {};
};

// The program, running in `folder`.
class Program {
 public:
  Program(const TemporaryFolder& folder, Words arguments, const std::string& out = "",
          const Words& environment = {})
      : out_(out.empty() ? folder.file(".out") : out), err_(folder.file(".err")) {
    arguments.insert(arguments.begin(), UNROLL_PROGRAM);
    std::vector<char*> argv, envp;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    for (char** variable = environ; *variable != nullptr; ++variable) envp.push_back(*variable);
    Words more = environment;
    for (std::string& variable : more) envp.insert(envp.begin(), variable.data());
    envp.push_back(nullptr);

    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addchdir_np(&files, folder.path().c_str());
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out_.c_str(), flags, 0600);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err_.c_str(), flags, 0600);
    const int error =
        ::posix_spawn(&pid_, UNROLL_PROGRAM, &files, nullptr, argv.data(), envp.data());
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw std::runtime_error("cannot start " UNROLL_PROGRAM);
  }

  void send(int signal) const { ::kill(pid_, signal); }

  Outcome wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
    }
    Outcome outcome = {.err = contents(err_)};
    if (std::filesystem::is_regular_file(out_)) outcome.out = contents(out_);
    if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    return outcome;
  }

 private:
  std::string out_, err_;
  pid_t pid_ = 0;
};

inline Outcome run(const TemporaryFolder& folder, const Words& arguments,
                   const std::string& out = "", const Words& environment = {}) {
  return Program(folder, arguments, out, environment).wait();
}

// Options of a model that trains in milliseconds.
inline Words small_run(const std::string& output) {
  return {"train",   "lm", "--train", "text.txt", "--output", output, "--embedding", "8",
          "--batch", "4",  "--bptt",  "5",        "--hidden", "8",    "--epochs",    "2"};
}

}  // namespace unroll
