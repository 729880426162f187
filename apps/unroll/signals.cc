#include "signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>

#include "errors.h"

namespace unroll::app {
namespace {

std::atomic<bool> stop{false};

}  // namespace

void ignore_closed_pipes() { ::signal(SIGPIPE, SIG_IGN); }

// A thread waits for the signals, and no other thread takes them: nothing in the program is ever
// interrupted.
void catch_stop_signals() {
  static bool caught = false;
  if (std::exchange(caught, true)) return;
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals] {
    for (int number = 0; ::sigwait(&signals, &number) == 0;) {
      if (stop.exchange(true)) ::_exit(kInterrupted);
    }
  }).detach();
}

bool stop_requested() { return stop; }

}  // namespace unroll::app
