#include "options/threads.h"

#include <fmt/format.h>

#include "options/option_specs.h"

namespace unroll::app {

OptionSpec threads_option(const char* group) {
  return count_option("threads", group, "change the speed, never the result",
                      static_cast<std::uint64_t>(available_threads()), 1, 1024);
}

ThreadTeam thread_team(const Options& options) {
  return ThreadTeam(static_cast<int>(options.count("threads")));
}

std::string threads_note(const Options& options) {
  const int used = thread_team(options).size();
  if (options.count("threads") == static_cast<std::uint64_t>(used)) return "";
  return fmt::format("unroll: note: {}: {} may be used, and more threads would be slower\n",
                     options.where("threads"),
                     used == 1 ? "one processor" : fmt::format("{} processors", used));
}

}  // namespace unroll::app
