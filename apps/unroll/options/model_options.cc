#include "options/model_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "options/option_specs.h"
#include "unroll/core/error.h"
#include "unroll/nn/cell.h"

namespace unroll::app {
namespace {

constexpr double kMaxSize = 65536;  // of a layer, in units
constexpr const char* kGroup = "Model";

template <class Member>
std::vector<std::string> variants(const std::string& cell, Member member) {
  std::vector<std::string> names;
  for (const CellOptions& options : all_cells()) {
    if (!cell.empty() && options.name != cell) continue;
    if (std::find(names.begin(), names.end(), options.*member) == names.end()) {
      names.push_back(options.*member);
    }
  }
  return names;
}

// Fills in a variant where the cell has several; refuses it where it has not.
template <class Member>
void complete_variant(Options& options, const std::string& name, Member member) {
  const std::string& cell = options.text("cell");
  if (variants(cell, member).size() > 1) {
    if (!options.has(name)) options.set(name, CellOptions{}.*member);
    return;
  }
  if (!options.given(name)) return;
  std::string having;
  for (const std::string& other : cell_names()) {
    if (variants(other, member).size() > 1) having += (having.empty() ? "" : ", ") + other;
  }
  options.fail(name, fmt::format("the cell '{}' has no {}; {} has", cell, name, having));
}

OptionSpec size_option(const char* name, const char* help, std::size_t standard, double high) {
  return count_option(name, kGroup, help, std::uint64_t{standard}, 1, high);
}

void check_heads(const Options& options) {
  const std::uint64_t heads = options.count("heads"), hidden = options.count("hidden");
  if (heads == 1) return;
  const CellOptions cell = cell_options(options);
  if (!has_recurrent_weights(cell)) {
    options.fail("heads", fmt::format("the cell '{}' has no recurrent weights", cell.name));
  }
  if (hidden % heads != 0) {
    options.fail("heads", fmt::format("{} blocks of a hidden of {} are not equal", heads, hidden));
  }
}

void check_forget_bias(const Options& options) {
  if (!options.given("forget_bias") || options.number("forget_bias") == 0) return;
  if (options.text("bias") == "none") options.fail("forget_bias", "bias is none");
  const CellOptions cell = cell_options(options);
  if (!has_forget_gate(cell)) {
    options.fail("forget_bias", "the cell '" + cell.name + "' has no forget gate");
  }
}

}  // namespace

OptionSpec embedding_option(std::size_t standard) {
  return size_option("embedding", "size of the vector of a token", standard, kMaxSize);
}

std::vector<OptionSpec> recurrence_option_table(const char* cell, std::size_t hidden,
                                                std::size_t layers, double dropout) {
  const std::string cells = fmt::format("recurrent cell: {}", fmt::join(cell_names(), ", "));
  return {
      choice_option("cell", kGroup, cells.c_str(), cell, cell_names()),
      choice_option("activation", kGroup,
                    "of the elman cell: tanh (used when not given), relu, identity", {},
                    variants("", &CellOptions::activation)),
      {.name = "reset",
       .group = kGroup,
       .help = "where the gru cell applies its reset gate: after the recurrent product "
               "(PyTorch; used when not given) or before it",
       .choices = variants("", &CellOptions::reset),
       .type = "WHERE"},
      size_option("hidden", "units of a recurrent layer", hidden, kMaxSize),
      size_option("heads",
                  "blocks of units, a divisor of hidden: a unit's recurrent weights see its own "
                  "block alone",
                  1, kMaxSize),
      size_option("layers", "recurrent layers", layers, 64),
      number_option("dropout", kGroup,
                    "share of values dropped while training: of embeddings, between layers and "
                    "before the output, not from step to step",
                    dropout, 0, 1, false, true),
      {.name = "bias",
       .group = kGroup,
       .help = "biases of a layer's gates: none, one, or two (PyTorch)",
       .standard = Value(std::string("two")),
       .choices = {"none", "one", "two"},
       .type = "HOW"},
      choice_option("initialization", kGroup,
                    "torch: PyTorch's; uniform: all in ±initial_range; fan_in: normal with "
                    "variance 1/inputs, biases 0. torch is used when not given, or uniform when "
                    "initial_range is",
                    {}, initialization_names()),
      number_option("initial_range", kGroup, "for the uniform initialization", {}, 0, 100, true),
      number_option("forget_bias", kGroup,
                    "added to the first bias of every forget gate; 0 when not given", {}, -100,
                    100)};
}

std::vector<OptionSpec> language_model_option_table(std::size_t embedding, std::size_t hidden,
                                                    std::size_t layers) {
  std::vector<OptionSpec> table = recurrence_option_table("lstm", hidden, layers, 0);
  const auto before = [&](const char* name, OptionSpec spec) {
    const auto place = std::find_if(table.begin(), table.end(),
                                    [&](const OptionSpec& row) { return row.name == name; });
    table.insert(place, std::move(spec));
  };
  before("hidden", embedding_option(embedding));
  before("bias", switch_option("tied", kGroup,
                               "use the embedding as the output layer's weight too; needs "
                               "embedding = hidden",
                               false));
  return table;
}

void complete_cell_options(Options& options) {
  complete_variant(options, "activation", &CellOptions::activation);
  complete_variant(options, "reset", &CellOptions::reset);
  check_heads(options);
}

void complete_recurrence_options(Options& options) {
  complete_cell_options(options);
  if (!options.has("initialization")) {
    options.set("initialization", std::string(options.has("initial_range") ? "uniform" : "torch"));
  }
  const std::string& scheme = options.text("initialization");
  if (scheme == "uniform" && !options.has("initial_range")) {
    options.fail("initialization", "needs initial_range too, for example 0.1");
  }
  if (scheme != "uniform" && options.has("initial_range")) {
    options.fail("initial_range", fmt::format("initialization is {}, which has no range; "
                                              "use uniform, or leave one of them out",
                                              scheme));
  }
  check_forget_bias(options);
}

void complete_language_model_options(Options& options) {
  complete_recurrence_options(options);
  if (options.is_on("tied") && options.count("embedding") != options.count("hidden")) {
    options.fail("tied", fmt::format("needs embedding = hidden, but embedding is {} and hidden {}",
                                     options.count("embedding"), options.count("hidden")));
  }
}

LanguageModelOptions language_model_options(const Options& options, std::size_t vocabulary_size) {
  return {.vocabulary_size = vocabulary_size,
          .embedding_size = options.size("embedding"),
          .hidden_size = options.size("hidden"),
          .layers = options.size("layers"),
          .cell = cell_options(options),
          .dropout = options.number("dropout"),
          .tied = options.is_on("tied"),
          .bias = parse_bias(options.text("bias"))};
}

CellOptions cell_options(const Options& options) {
  CellOptions cell = {.name = options.text("cell")};
  if (options.has("activation")) cell.activation = options.text("activation");
  if (options.has("reset")) cell.reset = options.text("reset");
  cell.heads = options.size("heads");
  return cell;
}

InitializationOptions initialization_options(const Options& options) {
  InitializationOptions initialization;
  initialization.scheme = parse_initialization(options.text("initialization"));
  if (options.has("initial_range")) initialization.range = options.number("initial_range");
  if (options.has("forget_bias")) initialization.forget_bias = options.number("forget_bias");
  return initialization;
}

}  // namespace unroll::app
