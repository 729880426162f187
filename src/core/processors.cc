#include "core/processors.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <thread>

#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/threads.h"

namespace unroll {
namespace {

std::string first_line(const std::string& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

// quota / period, rounded up; 0 for "max", -1 and what cannot be read.
int rounded_share(const std::string& quota, const std::string& period) {
  const double share = std::atof(quota.c_str()) / std::atof(period.c_str());
  return share > 0 && share < 1e6 ? static_cast<int>(std::ceil(share - 1e-9)) : 0;
}

int share_of(const std::string& folder) {
  std::string quota, period;
  std::istringstream(first_line(folder + "/cpu.max")) >> quota >> period;  // version 2
  if (!quota.empty()) return rounded_share(quota, period);
  return rounded_share(first_line(folder + "/cpu.cfs_quota_us"),
                       first_line(folder + "/cpu.cfs_period_us"));
}

// The least share of a group and of those around it, up to `top`.
int least_share(const std::string& top, std::string group) {
  int least = 0;
  for (;;) {
    const int share = share_of(top + group);
    if (share > 0 && (least == 0 || share < least)) least = share;
    if (group.empty()) return least;
    group.erase(group.rfind('/'));
  }
}

// One of the processors that share a core with this one: the first in Linux's list of them.
std::string core_of(int processor) {
  const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(processor);
  const std::string siblings = first_line(folder + "/topology/thread_siblings_list");
  if (siblings.empty()) return std::to_string(processor);
  return siblings.substr(0, siblings.find_first_of(",-"));
}

Processors detect() {
  Processors found;
  if (const char* given = std::getenv("UNROLL_PROCESSORS"); given != nullptr && *given != '\0') {
    const std::string_view text = given;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), found.logical);
    if (error != std::errc() || end != text.data() + text.size() || found.logical < 1 ||
        found.logical > 1024) {
      throw EnvironmentError("the environment variable UNROLL_PROCESSORS is " + quote(given) +
                             "; wanted a number from 1 to 1024");
    }
    found.physical = found.logical;
    return found;
  }
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0) {
    std::set<std::string> cores;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &set)) cores.insert(core_of(processor));
    }
    found = {std::max(1, CPU_COUNT(&set)), std::max(1, static_cast<int>(cores.size()))};
  } else {
    found.logical = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    found.physical = found.logical;
  }
  if (const int allowed = cgroup_processors(); allowed > 0) {
    found.logical = std::min(found.logical, allowed);
    found.physical = std::min(found.physical, allowed);
  }
  return found;
}

}  // namespace

int cgroup_processors(const std::string& root) {
  // A line is ID:CONTROLLERS:/GROUP, with no controllers in version 2.
  std::ifstream file(root + "/proc/self/cgroup");
  int least = 0;
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool unified = controllers == ",,";
    if (!unified && controllers.find(",cpu,") == std::string::npos) continue;
    std::string group = line.substr(second + 1);
    while (group.ends_with('/')) group.pop_back();
    const int share =
        least_share(root + (unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"), group);
    if (share > 0 && (least == 0 || share < least)) least = share;
  }
  return least;
}

const Processors& processors() {
  static const Processors found = detect();
  return found;
}

int available_threads() { return processors().physical; }

}  // namespace unroll
