#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "options/model_options.h"
#include "output/data_report.h"
#include "output/print.h"
#include "support/json.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/data/text.h"
#include "unroll/data/truncated_bptt.h"
#include "unroll/models/model.h"
#include "unroll/nn/language_model_pass.h"
#include "unroll/train/gradient_check.h"
#include "verbs/check_sequences.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

constexpr std::size_t kVocabulary = 11;  // of the small random models
constexpr std::size_t kSteps = 8;        // T
constexpr std::size_t kBatch = 4;        // N

std::vector<OptionSpec> table() {
  std::vector<OptionSpec> options = language_model_option_table(5, 6, 2);
  for (OptionSpec& spec : options) {
    if (spec.name == "cell") spec.standard.reset(), spec.help += "; all in turn when not given";
    spec.group = "Without MODEL, a small random model";
  }
  const auto add = [&](OptionSpec spec) {
    spec.group = "Check";
    options.push_back(std::move(spec));
  };
  add({.name = "elements",
       .kind = Kind::kCount,
       .help = "elements checked of each parameter, drawn by the seed; 0: all",
       .standard = std::uint64_t{20},
       .high = 1e12});
  add({.name = "step",
       .kind = Kind::kNumber,
       .help = "of the differences; when not given 1e-3, or less for cells with a kink, such as "
               "relu, or that normalise",
       .high = 1,
       .low_open = true});
  add({.name = "tolerance",
       .kind = Kind::kNumber,
       .help = "largest relative error that passes",
       .standard = 1e-7,
       .high = 1,
       .low_open = true});
  add({.name = "seed",
       .kind = Kind::kCount,
       .help = "of the random model and the elements",
       .standard = std::uint64_t{1},
       .high = 1e15});
  return options;
}

struct Command {
  std::string model, text;
  bool json = false, quiet = false;
  DataReport data = {};
  Options options{table()};
};

// One checked model: "lstm", "gru (reset before)", or the path of a model file.
struct Report {
  std::string name;
  GradientCheck check;
};

// `window` starts from the states given.
GradientCheck check_model(LanguageModel<double>& model, const TokenWindow& window,
                          const States<double>& initial, const Options& options) {
  const ThreadTeam team(1);
  LanguageModelPass<double> pass(model);
  const double scale = 1 / static_cast<double>(window.steps * window.batch);
  const DropoutKey dropout = {.seed = options.count("seed")};
  // With dropout there is no forward pass alone that draws the masks.
  const auto gradient = [&] {
    States<double> state = initial;
    return scale * pass.loss_and_gradient(team, window, state, scale, dropout);
  };
  const auto loss = [&] {
    if (model.options().dropout > 0) return gradient();
    States<double> state = initial;
    return scale * pass.loss(team, window, state);
  };
  const double step =
      options.has("step") ? options.number("step") : difference_step(model.options().cell);
  return check_gradients<double>(model.parameters(), loss, [&] { gradient(); },
                                 {.step = step,
                                  .tolerance = options.number("tolerance"),
                                  .max_elements_per_parameter = options.size("elements"),
                                  .seed = options.count("seed")});
}

States<double> random_states(const LanguageModel<double>& model, const Random& random) {
  States<double> states = model.zero_states(kBatch);
  std::uint64_t draw = 0;
  for (Tensor<double>& state : states) {
    for (std::size_t i = 0; i < state.size(); ++i) state[i] = random.uniform(draw++, -0.5, 0.5);
  }
  return states;
}

Report check_cell(const Options& options, const CellOptions& cell) {
  LanguageModelOptions description = language_model_options(options, kVocabulary);
  description.cell = cell;
  LanguageModel<double> model(description);
  InitializationOptions initialization = initialization_options(options);
  initialization.seed = options.count("seed");
  model.initialize(initialization);

  const Random random(options.count("seed"), RandomUse::kCheck, 1);
  std::vector<std::uint32_t> tokens(2 * kSteps * kBatch);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    tokens[i] = static_cast<std::uint32_t>(random.below(i, kVocabulary));
  }
  const TokenWindow window = {.steps = kSteps,
                              .batch = kBatch,
                              .inputs = tokens.data(),
                              .targets = tokens.data() + kSteps * kBatch};
  std::string name = cell.name;
  const auto variant = [&](const std::string& what, auto member) {
    for (const CellOptions& other : all_cells()) {
      if (other.name != cell.name || other.*member == cell.*member) continue;
      name += fmt::format(" ({} {})", what, cell.*member);
      return;
    }
  };
  variant("activation", &CellOptions::activation);
  variant("reset", &CellOptions::reset);
  const States<double> initial =
      random_states(model, Random(options.count("seed"), RandomUse::kCheck, 2));
  return {name, check_model(model, window, initial, options)};
}

Report check_file(Command& command) {
  const std::string path = find_model(command.model);
  Model model = load_model(path, LoadAs::kDouble);
  if (auto* const sequences = std::get_if<TrainedSequenceModel<double>>(&model)) {
    const Options& options = command.options;
    return {path, check_sequence_model(*sequences, command.text,
                                       {.step = options.has("step") ? options.number("step") : 0,
                                        .tolerance = options.number("tolerance"),
                                        .max_elements_per_parameter = options.size("elements"),
                                        .seed = options.count("seed")},
                                       command.data)};
  }
  auto& loaded = std::get<TextModel<double>>(model);
  TextReader reader(command.text, loaded.vocabulary.level());
  // A window needs no more; a long text is not read to its end.
  const EncodedText text = loaded.vocabulary.encode(reader, 16 * kSteps * kBatch);
  std::optional<TruncatedBptt<double>> bptt;
  try {
    bptt.emplace(text.tokens, TruncatedBpttOptions{.batch = kBatch, .bptt = kSteps},
                 std::vector<Shape>{});
  } catch (const ValueError& error) {
    throw ValueError(command.text + ": " + error.what());
  }
  const BpttWindow window = bptt->next();
  return {path, check_model(loaded.model,
                            {.steps = window.steps,
                             .batch = kBatch,
                             .inputs = window.inputs,
                             .targets = window.targets},
                            loaded.model.zero_states(kBatch), command.options)};
}

std::vector<Report> check_all(Command& command) {
  Options& options = command.options;
  if (!command.model.empty()) {
    std::vector<std::string> shape_flags = options.given_flags();
    for (const char* own : {"elements", "step", "tolerance", "seed"}) {
      std::erase(shape_flags, Options::flag(own));
    }
    if (!shape_flags.empty()) {
      throw UsageError(fmt::format("{}: MODEL says this already; leave one of them out",
                                   fmt::join(shape_flags, ", ")));
    }
    if (command.text.empty()) {
      throw UsageError("FILE is missing: a text, or sequences, that MODEL can read");
    }
    return {check_file(command)};
  }
  std::vector<Report> reports;
  if (!options.has("cell")) {
    for (const char* variant : {"activation", "reset", "heads", "forget_bias"}) {
      if (options.given(variant)) options.fail(variant, "needs --cell");
    }
    options.set("cell", std::string("lstm"));  // for the checks that do not depend on it
    complete_language_model_options(options);
    for (const CellOptions& cell : all_cells()) reports.push_back(check_cell(options, cell));
    return reports;
  }
  complete_language_model_options(options);
  reports.push_back(check_cell(options, language_model_options(options, kVocabulary).cell));
  return reports;
}

Json to_json(const std::vector<Report>& reports, double tolerance) {
  double largest = 0;
  bool passed = true;
  Json parameters = Json::array();
  for (const Report& report : reports) {
    largest = std::max(largest, report.check.max_relative_error);
    passed = passed && report.check.passed;
    for (const ParameterCheck& parameter : report.check.parameters) {
      Json shape = Json::array();
      for (std::size_t axis = 0; axis < parameter.shape.rank(); ++axis) {
        shape.push_back(parameter.shape[axis]);
      }
      parameters.push_back({{"model", report.name},
                            {"name", parameter.name},
                            {"shape", shape},
                            {"elements", parameter.elements},
                            {"relative_error", parameter.relative_error},
                            {"passed", parameter.passed}});
    }
  }
  return {{"max_relative_error", largest},
          {"tolerance", tolerance},
          {"passed", passed},
          {"parameters", parameters}};
}

std::string to_text(const Report& report) {
  std::string text = fmt::format("{}\n", report.name);
  for (const ParameterCheck& p : report.check.parameters) {
    text += fmt::format("  {:<24}{:>15}{:>9} elements{:>10.1e}{:>8}\n", p.name, p.shape.text(),
                        p.elements, p.relative_error, p.passed ? "ok" : "WRONG");
    if (p.passed) continue;
    text += fmt::format("    element {}: backward pass {:.10g}, differences {:.10g}\n",
                        p.worst_index, p.analytic, p.numeric);
  }
  return text;
}

int check(Command& command) {
  command.options.read_flags();
  const std::vector<Report> reports = check_all(command);
  const double tolerance = command.options.number("tolerance");
  Json summary = to_json(reports, tolerance);
  if (command.data.json().contains("check")) summary["data"] = command.data.json()["check"];
  if (!command.quiet) print_note(command.data.text());
  const bool passed = summary["passed"].get<bool>();
  if (command.json) {
    print_json(summary);
  } else {
    for (const Report& report : reports) print(to_text(report));
    print(fmt::format("{}: the largest relative error is {:.1e}, {:.0e} is allowed\n",
                      passed ? "passed" : "FAILED", summary["max_relative_error"].get<double>(),
                      tolerance));
  }
  return passed ? kSuccess : kFailure;
}

}  // namespace

std::function<int()> declare_check(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.optional_word("MODEL", command->model, "model file, or the folder of a run");
  line.optional_word("FILE", command->text, "text or sequences that the model is checked on");
  line.flag("--json", command->json, "the result as one JSON object");
  line.flag("--quiet", command->quiet, "do not say on standard error what was read");
  command->options.declare(line);
  return [command] { return check(*command); };
}

}  // namespace unroll::app
