// A run that was killed or stopped at any instant, and continued, ends with the same model file.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>

#include "interrupted_run.h"

namespace unroll {
namespace {

class Resume : public testing::Test {
 protected:
  Resume() { write(folder_.file("text.txt"), small_text(300)); }

  Words options(const std::string& output) {
    return {"train",      "lm",
            "--train",    "text.txt",
            "--valid",    "text.txt",
            "--output",   output,
            "--hidden",   "24",
            "--dropout",  "0.2",
            "--layers",   "2",
            "--batch",    "4",
            "--bptt",     "7",
            "--epochs",   "6",
            "--patience", "5",
            "--cursor",   "wrap",
            "--quiet",    "--checkpoint-every",
            "10",         "--threads",
            "1"};
  }
  std::string model(const std::string& output) {
    return contents(folder_.file(output + "/model.safetensors"));
  }
  bool has_config(const std::string& output) {
    return std::filesystem::exists(folder_.file(output + "/config.toml"));
  }
  // Its model, and how long it takes.
  std::string reference(Clock::duration& time) {
    const Clock::time_point start = Clock::now();
    const Outcome outcome = run(folder_, options("reference"));
    time = Clock::now() - start;
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return model("reference");
  }

  TemporaryFolder folder_;
};

TEST_F(Resume, AfterKillAtRandomInstants) {
  Clock::duration time{};
  const std::string wanted = reference(time);
  std::mt19937 random(1);
  int killed = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string output = "run" + std::to_string(i);
    Program program(folder_, options(output));
    const auto sleep = std::chrono::duration_cast<Clock::duration>(
        time * std::uniform_real_distribution<>(0, 0.95)(random));
    std::this_thread::sleep_for(sleep);
    program.send(SIGKILL);
    if (program.wait().signal == SIGKILL) {
      ++killed;
    } else {
      time = sleep;  // the reference ran on a busier machine
    }
    const Outcome outcome =
        run(folder_, has_config(output) ? Words{"train", "lm", "--resume", output, "--quiet"}
                                        : options(output));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(model(output), wanted) << output;
  }
  EXPECT_GT(killed, 5) << "the runs end before they can be killed";
}

TEST_F(Resume, AfterStopSignals) {
  Clock::duration time{};
  const std::string wanted = reference(time);
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string output = "run" + std::to_string(signal);
    // No checkpoint but the one that the signal asks for.
    Words arguments = options(output);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == "--checkpoint-every") arguments[i + 1] = "0";
    }
    const int stops = run_with_stops(folder_, arguments, output, signal, time);
    EXPECT_GT(stops, 0);
    EXPECT_EQ(model(output), wanted) << "signal " << signal;
  }
}

TEST_F(Resume, RefusesOtherOptionsAndOtherData) {
  ASSERT_EQ(run(folder_, small_run("run") + Words{"--quiet"}).code, 0);
  const Outcome options = run(folder_, {"train", "lm", "--resume", "run", "--hidden", "9"});
  EXPECT_EQ(options.code, 2);
  EXPECT_NE(options.err.find("--hidden"), std::string::npos) << options.err;
  EXPECT_EQ(run(folder_, {"train", "lm", "--resume", "run", "--threads", "2"}).code, 0);

  write(folder_.file("text.txt"), small_text(301));
  const Outcome data = run(folder_, {"train", "lm", "--resume", "run"});
  EXPECT_EQ(data.code, 1);
  EXPECT_NE(data.err.find("checkpoint.safetensors"), std::string::npos) << data.err;
}

TEST_F(Resume, BeginsAnewWithoutACheckpointAndRefusesADamagedOne) {
  ASSERT_EQ(run(folder_, small_run("run") + Words{"--quiet"}).code, 0);
  const std::string wanted = model("run");
  const std::string checkpoint = folder_.file("run/checkpoint.safetensors");
  const std::string bytes = contents(checkpoint);
  write(checkpoint, bytes.substr(0, bytes.size() / 2));
  const Outcome damaged = run(folder_, {"train", "lm", "--resume", "run"});
  EXPECT_EQ(damaged.code, 1);
  EXPECT_NE(damaged.err.find(checkpoint.substr(checkpoint.rfind("run/"))), std::string::npos);

  std::filesystem::remove(checkpoint);
  std::filesystem::remove(folder_.file("run/model.safetensors"));
  EXPECT_EQ(run(folder_, {"train", "lm", "--resume", "run"}).code, 0);
  EXPECT_EQ(model("run"), wanted);
}

}  // namespace
}  // namespace unroll
