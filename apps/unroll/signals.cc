#include "signals.h"

#include <signal.h>
#include <unistd.h>

#include "errors.h"

namespace unroll::app {
namespace {

volatile sig_atomic_t stop = 0;

void on_stop(int) {
  if (stop != 0) ::_exit(kInterrupted);
  stop = 1;
}

void handle(int signal_number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(signal_number, &action, nullptr);
}

}  // namespace

void ignore_closed_pipes() { handle(SIGPIPE, SIG_IGN); }

void catch_stop_signals() {
  handle(SIGINT, on_stop);
  handle(SIGTERM, on_stop);
}

bool stop_requested() { return stop != 0; }

}  // namespace unroll::app
