#include "table.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace unroll::benchmarks {

namespace {

// A second line, of single passes: those of the rival in brackets.
std::string single_passes(const benchmark::UserCounters& counters) {
  std::string text = "  one by one, ns (rival's):";
  for (const auto& [label, key] :
       {std::pair{"p50", "p50_us"}, std::pair{"p99.9", "p999_us"}, std::pair{"max", "max_us"}}) {
    const std::string rival = std::string("rival_") + key;
    text += fmt::format(" {} {:.0f} ({:.0f}),", label, 1e3 * counters.at(key).value,
                        1e3 * counters.at(rival).value);
  }
  text += fmt::format(" passes {:.0f}", counters.at("single_passes").value);
  const auto allocations = counters.find("allocations");
  if (allocations == counters.end()) return text + "\n";
  return text + fmt::format(", allocations {:.0f}\n", allocations->second.value);
}

}  // namespace

bool Table::ReportContext(const Context&) {
  begin_();
  GetOutputStream() << fmt::format("{:<54}{:>12}{:>12}{:>8}{:>9}{:>8}{:>10}{:>9}  {}\n", "row",
                                   "µs", "rival's µs", "ratio", "of best", "GF/s", "of limit",
                                   "samples", "rival");
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    // Without what Google Benchmark adds to a name.
    const std::string& name = run.run_name.function_name;
    if (run.error_occurred) {
      failed_ = true;
      GetErrorStream() << fmt::format("{}: {}\n", name, run.error_message);
      continue;
    }
    const auto counter = [&](const char* key) { return run.counters.at(key).value; };
    GetOutputStream() << fmt::format(
        "{:<54}{:>12.2f}{:>12.2f}{:>8.2f}{:>9.2f}{:>8.1f}{:>10.3f}{:>9}  {}\n", name, counter("us"),
        counter("rival_us"), counter("ratio"), counter("best_ratio"), counter("gflops"),
        counter("limit_fraction"), static_cast<long>(counter("samples")), run.report_label);
    if (run.counters.contains("p50_us")) GetOutputStream() << single_passes(run.counters);
  }
  GetOutputStream().flush();
}

}  // namespace unroll::benchmarks
