#include "model_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "unroll/core/error.h"
#include "unroll/nn/cell.h"

namespace unroll::app {
namespace {

constexpr double kMaxSize = 65536;  // of a layer, in units

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

}  // namespace

std::vector<OptionSpec> model_option_table(std::size_t embedding, std::size_t hidden,
                                           std::size_t layers) {
  const auto count = [](std::size_t n) { return Value(std::uint64_t{n}); };
  const auto text = [](const char* value) { return Value(std::string(value)); };
  return {
      {.name = "cell",
       .group = "Model",
       .help = fmt::format("recurrent cell: {}", fmt::join(cell_names(), ", ")),
       .standard = text("lstm"),
       .choices = cell_names(),
       .type = "NAME"},
      {.name = "activation",
       .group = "Model",
       .help = "of the elman cell: tanh (used when not given), relu, identity",
       .choices = variants("", &CellOptions::activation),
       .type = "NAME"},
      {.name = "reset",
       .group = "Model",
       .help = "where the gru cell applies its reset gate: after the recurrent product (PyTorch; "
               "used when not given) or before it",
       .choices = variants("", &CellOptions::reset),
       .type = "WHERE"},
      {.name = "embedding",
       .kind = Kind::kCount,
       .group = "Model",
       .help = "size of the vector of a token",
       .standard = count(embedding),
       .low = 1,
       .high = kMaxSize},
      {.name = "hidden",
       .kind = Kind::kCount,
       .group = "Model",
       .help = "units of a recurrent layer",
       .standard = count(hidden),
       .low = 1,
       .high = kMaxSize},
      {.name = "layers",
       .kind = Kind::kCount,
       .group = "Model",
       .help = "recurrent layers",
       .standard = count(layers),
       .low = 1,
       .high = 64},
      {.name = "dropout",
       .kind = Kind::kNumber,
       .group = "Model",
       .help = "share of values dropped while training: of the embeddings, between layers and "
               "before the output, not from step to step",
       .standard = Value(0.0),
       .low = 0,
       .high = 1,
       .high_open = true},
      {.name = "tied",
       .kind = Kind::kSwitch,
       .group = "Model",
       .help = "use the embedding as the output layer's weight too; needs embedding = hidden",
       .standard = Value(false)},
      {.name = "bias",
       .group = "Model",
       .help = "biases of a layer's gates: none, one, or two (PyTorch)",
       .standard = text("two"),
       .choices = {"none", "one", "two"},
       .type = "HOW"},
      {.name = "initialization",
       .group = "Model",
       .help = "torch: PyTorch's; uniform: all in ±initial_range; fan_in: normal with variance "
               "1/inputs, biases 0. torch is used when not given, or uniform when initial_range is",
       .choices = initialization_names(),
       .type = "NAME"},
      {.name = "initial_range",
       .kind = Kind::kNumber,
       .group = "Model",
       .help = "for the uniform initialization",
       .low = 0,
       .high = 100,
       .low_open = true},
      {.name = "forget_bias",
       .kind = Kind::kNumber,
       .group = "Model",
       .help = "added to the first bias of every forget gate; 0 when not given",
       .low = -100,
       .high = 100},
  };
}

void complete_model_options(Options& options) {
  complete_variant(options, "activation", &CellOptions::activation);
  complete_variant(options, "reset", &CellOptions::reset);
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
  if (options.is_on("tied") && options.count("embedding") != options.count("hidden")) {
    options.fail("tied", fmt::format("needs embedding = hidden, but embedding is {} and hidden {}",
                                     options.count("embedding"), options.count("hidden")));
  }
  if (options.given("forget_bias")) {
    if (options.text("bias") == "none") options.fail("forget_bias", "bias is none");
    try {  // Only the library knows which cells have a forget gate.
      LanguageModelOptions small = model_options(options, 2);
      small.embedding_size = small.hidden_size = small.layers = 1;
      LanguageModel<float>(small).initialize(initialization_options(options));
    } catch (const ValueError& error) {
      options.fail("forget_bias", error.what());
    }
  }
}

LanguageModelOptions model_options(const Options& options, std::size_t vocabulary_size) {
  LanguageModelOptions model = {.vocabulary_size = vocabulary_size,
                                .embedding_size = options.size("embedding"),
                                .hidden_size = options.size("hidden"),
                                .layers = options.size("layers"),
                                .cell = {.name = options.text("cell")},
                                .dropout = options.number("dropout"),
                                .tied = options.is_on("tied"),
                                .bias = parse_bias(options.text("bias"))};
  if (options.has("activation")) model.cell.activation = options.text("activation");
  if (options.has("reset")) model.cell.reset = options.text("reset");
  return model;
}

InitializationOptions initialization_options(const Options& options) {
  InitializationOptions initialization;
  initialization.scheme = parse_initialization(options.text("initialization"));
  if (options.has("initial_range")) initialization.range = options.number("initial_range");
  if (options.has("forget_bias")) initialization.forget_bias = options.number("forget_bias");
  return initialization;
}

}  // namespace unroll::app
