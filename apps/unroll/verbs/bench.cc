#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "errors.h"
#include "measure/recurrence_speed.h"
#include "measure/signature.h"
#include "options/dtype.h"
#include "options/model_options.h"
#include "options/option_specs.h"
#include "options/threads.h"
#include "output/print.h"
#include "output/progress.h"
#include "support/json.h"
#include "unroll/core/random.h"
#include "unroll/kernels/machine_limit.h"
#include "unroll/version.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

std::vector<OptionSpec> table() {
  constexpr std::array kOfAllModels = {std::string_view("cell"),  std::string_view("activation"),
                                       std::string_view("reset"), std::string_view("hidden"),
                                       std::string_view("heads"), std::string_view("layers")};
  std::vector<OptionSpec> options = recurrence_option_table("lstm", 200, 1, 0);
  std::erase_if(options, [&](const OptionSpec& spec) {
    return std::find(kOfAllModels.begin(), kOfAllModels.end(), spec.name) == kOfAllModels.end();
  });
  append(options,
         {count_option("input", "Model", "inputs of a step; hidden when not given", {}, 1, 65536),
          switch_option("bidirectional", "Model", "a second direction, from the end", false),
          number_option("dropout", "Model", "share dropped between layers while training", 0, 0, 1,
                        false, true),
          count_option("steps", "Data", "time steps of a sequence", 35, 1, 1e6),
          count_option("batch", "Data", "sequences at once", 20, 1, 1e6),
          choice_option("lengths", "Data",
                        "full: all sequences have all steps; uniform: from 1 to that many, drawn "
                        "by the seed",
                        "full", {"full", "uniform"}),
          count_option("seed", "Data", "of the numbers and lengths", 1, 0), threads_option("Run"),
          dtype_option("Run"),
          number_option("seconds", "Run",
                        "how long to measure; large shapes take longer, for three passes of each "
                        "kind",
                        3, 0, 3600, true)});
  return options;
}

struct Command {
  bool json = false, signature = false;
  std::string config;
  Options options{table()};
};

std::vector<std::size_t> draw_lengths(const Options& options) {
  if (options.text("lengths") == "full") return {};
  const Random random(options.count("seed"), RandomUse::kCheck, 3);
  std::vector<std::size_t> lengths(options.size("batch"));
  for (std::size_t row = 0; row < lengths.size(); ++row) {
    lengths[row] = 1 + std::size_t{random.below(row, options.count("steps"))};
  }
  return lengths;
}

Json shape_json(const Options& options, std::uint64_t tokens) {
  Json shape = Json::object();
  for (const char* name : {"cell", "activation", "reset"}) {
    if (options.has(name)) shape[name] = options.text(name);
  }
  for (const char* name : {"steps", "batch", "input", "hidden", "heads", "layers"}) {
    shape[name] = options.count(name);
  }
  shape["bidirectional"] = options.is_on("bidirectional");
  shape["dropout"] = options.number("dropout");
  shape["lengths"] = options.text("lengths");
  shape["tokens"] = tokens;
  shape["threads"] = thread_team(options).size();
  shape["dtype"] = options.text("dtype");
  if (precision(options) == Precision::kBf16) shape["bf16_instruction"] = has_bf16_instruction();
  return shape;
}

Json to_json(const Options& options, const measure::RecurrenceSpeed& speed,
             const ReadBandwidth& read, std::uint64_t tokens) {
  Json result = shape_json(options, tokens);
  result["isa"] = instruction_set();
  result["peak_gflops"] = speed.peak_gflops;
  result["read_gbytes_per_second"] = {
      {"l1", read.l1}, {"l2", read.l2}, {"l3", read.l3}, {"memory", read.memory}};
  const auto add = [&](const std::string& name, const measure::PassTime& time, double operations) {
    const double gflops = operations / time.microseconds / 1e3;
    result[name + "_us"] = time.microseconds;
    result["gflops_" + name] = gflops;
    result["limit_fraction_" + name] = gflops / speed.peak_gflops;
    result["tokens_per_second_" + name] = 1e6 * static_cast<double>(tokens) / time.microseconds;
    result["passes_" + name] = time.passes;
  };
  add("forward", speed.forward, speed.operations);
  add("forward_backward", speed.forward_backward, 3 * speed.operations);
  result["forward_p50_us"] = speed.single_forward.p50;
  result["forward_p999_us"] = speed.single_forward.p999;
  result["forward_max_us"] = speed.single_forward.max;
  result["passes_forward_single"] = speed.single_forward.passes;
  result["allocations_per_step"] =
      speed.allocations_per_step ? Json(*speed.allocations_per_step) : Json(nullptr);
  return result;
}

std::string time_text(double microseconds) {
  if (microseconds < 1) return fmt::format("{:.0f} ns", microseconds * 1e3);
  if (microseconds < 1e3) return fmt::format("{:.2f} µs", microseconds);
  if (microseconds < 1e6) return fmt::format("{:.2f} ms", microseconds / 1e3);
  return fmt::format("{:.2f} s", microseconds / 1e6);
}

std::string to_text(const Json& result) {
  const auto number = [&](const std::string& name) { return result[name].get<double>(); };
  const auto word = [&](const char* name) { return result[name].get<std::string>(); };
  const auto count = [&](const char* name) { return result[name].get<std::uint64_t>(); };
  std::string text = word("cell");
  if (result.contains("activation")) text += fmt::format(" ({})", word("activation"));
  if (result.contains("reset")) text += fmt::format(" (reset {})", word("reset"));
  text +=
      fmt::format(", {} inputs, {} hidden units, {} layer{}{}, {}\n", count("input"),
                  count("hidden"), count("layers"), count("layers") == 1 ? "" : "s",
                  result["bidirectional"].get<bool>() ? " in two directions" : "", word("dtype"));
  text += fmt::format("{} steps, batch {}, {} tokens, {} thread{}\n", thousands(count("steps")),
                      thousands(count("batch")), thousands(count("tokens")), count("threads"),
                      count("threads") == 1 ? "" : "s");
  const Json& read = result["read_gbytes_per_second"];
  text += fmt::format("limit, on {}: {:.0f} GF/s; reading L1 {:.0f}, L2 {:.0f}, L3 {:.0f}, ",
                      word("isa"), number("peak_gflops"), read["l1"].get<double>(),
                      read["l2"].get<double>(), read["l3"].get<double>());
  text += fmt::format("memory {:.0f} GB/s\n\n", read["memory"].get<double>());
  text += fmt::format("{:<18}{:>12}{:>10}{:>10}{:>10}{:>14}\n", "", "time", "µs/step", "GF/s",
                      "of limit", "tokens/s");
  for (const auto& [label, name] :
       {std::pair{"forward", "forward"}, std::pair{"forward+backward", "forward_backward"}}) {
    const std::string key = name;
    const double microseconds = number(key + "_us");
    const auto speed = static_cast<std::uint64_t>(number("tokens_per_second_" + key));
    text += fmt::format("{:<18}{:>12}{:>10.2f}{:>10.1f}{:>10.2f}{:>14}\n", label,
                        time_text(microseconds), microseconds / number("steps"),
                        number("gflops_" + key), number("limit_fraction_" + key), thousands(speed));
  }
  text +=
      fmt::format("\nforward, one by one: p50 {}, p99.9 {}, max {} of {} passes\n",
                  time_text(number("forward_p50_us")), time_text(number("forward_p999_us")),
                  time_text(number("forward_max_us")), thousands(count("passes_forward_single")));
  if (!result["allocations_per_step"].is_null()) {
    text += fmt::format("allocations per step: {:.4g}\n", number("allocations_per_step"));
  }
  return text;
}

// What training computes on each instruction set of this processor.
int print_signature(const Command& command) {
  std::vector<std::string> others = command.options.given_flags();
  if (!command.config.empty()) others.insert(others.begin(), "--config");
  std::erase(others, "--threads");
  if (!others.empty()) {
    throw UsageError(others.front() +
                     " does not go with --signature, whose networks are always the same; leave it "
                     "out");
  }
  Json result = Json::object();
  std::string text =
      fmt::format("unroll {}, 20 updates of every cell in f32, f64 and bf16\n", version());
  for (const std::string& name : instruction_sets()) {
    set_instruction_set(name);
    const std::string hash = measure::signature({.threads = thread_team(command.options).size()});
    result[name] = hash;
    text += fmt::format("{:<8}{}\n", name, hash);
  }
  command.json ? print_json(result) : print(text);
  return kSuccess;
}

int bench(Command& command) {
  Options& options = command.options;
  options.read_flags();
  if (command.signature) return print_signature(command);
  if (!command.config.empty()) options.read_toml(command.config);
  complete_cell_options(options);
  if (!options.has("input")) options.set("input", options.count("hidden"));
  const std::vector<std::size_t> lengths = draw_lengths(options);
  const std::uint64_t tokens =
      lengths.empty() ? options.count("steps") * options.count("batch")
                      : std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0});
  const measure::SpeedOptions what = {
      .recurrence = {.cell = cell_options(options),
                     .input_size = options.size("input"),
                     .hidden_size = options.size("hidden"),
                     .layers = options.size("layers"),
                     .bidirectional = options.is_on("bidirectional"),
                     .dropout = options.number("dropout"),
                     .precision = precision(options)},
      .steps = options.size("steps"),
      .batch = options.size("batch"),
      .lengths = lengths,
      .threads = thread_team(options).size(),
      .seconds = options.number("seconds"),
      .seed = options.count("seed")};
  print_error(dtype_note(options) + threads_note(options));
  const measure::RecurrenceSpeed speed =
      is_f64(options) ? measure::measure_speed<double>(what) : measure::measure_speed<float>(what);
  const Json result = to_json(options, speed, read_bandwidth(ThreadTeam(what.threads)), tokens);
  command.json ? print_json(result) : print(to_text(result));
  return kSuccess;
}

}  // namespace

std::function<int()> declare_bench(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.flag("--json", command->json, "the result as one JSON object");
  line.flag("--signature", command->signature,
            "instead: what training computes, to the bit, as one hash for each instruction set");
  line.text("--config", command->config, "FILE",
            "read options from a TOML file, where --lengths is the key lengths; flags win");
  command->options.declare(line);
  return [command] { return bench(*command); };
}

}  // namespace unroll::app
