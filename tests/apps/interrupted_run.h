#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "program.h"

namespace unroll {

using Clock = std::chrono::steady_clock;

// Runs `arguments`, of "train VERB" with `output`, and continues the run until it is done; sends it
// `signal` while it has been stopped fewer than three times, each time after a share of `time`,
// which is what a whole run takes. Returns how often it stopped.
inline int run_with_stops(const TemporaryFolder& folder, Words arguments, const std::string& output,
                          int signal, Clock::duration time) {
  const std::string verb = arguments[0] + " " + arguments[1];
  const Words resume = {arguments[0], arguments[1], "--resume", output, "--quiet"};
  const std::string config = folder.file(output + "/config.toml");
  int stops = 0;
  for (bool done = false; !done; arguments = resume) {
    Program program(folder, arguments);
    while (stops == 0 && !std::filesystem::exists(config)) std::this_thread::yield();
    std::this_thread::sleep_for(time / 8);
    if (stops < 3) program.send(signal);
    const Outcome outcome = program.wait();
    // A signal before the handler is there ends the program as usual.
    if (outcome.code == 130) {
      ++stops;
      EXPECT_NE(outcome.err.find("unroll " + verb + " --resume " + output), std::string::npos)
          << outcome.err;
    } else {
      done = outcome.signal == 0;
      EXPECT_TRUE(outcome.code == 0 || outcome.signal == signal) << outcome.err;
    }
  }
  return stops;
}

}  // namespace unroll
