#include "options/initial_state.h"

#include <fmt/format.h>

#include <filesystem>

#include "options/option_specs.h"
#include "unroll/models/initial_state_file.h"

namespace unroll::app {
namespace {

constexpr const char *kName = "initial_state", *kZero = "zero", *kTrainable = "trainable";

OptionSpec option(const char* group, const char* help, std::vector<std::string> words) {
  OptionSpec spec = path_option(kName, group, help);
  spec.type = "STATE";
  spec.choices = std::move(words);
  return spec;
}

}  // namespace

OptionSpec trained_initial_state_option() {
  OptionSpec spec = option("Model",
                           "where every sequence starts: zero, trainable (one for all), or a "
                           "safetensors file with the states h (and c), each (layers x "
                           "directions, hidden), which stay as they are",
                           {kZero, kTrainable});
  spec.standard = std::string(kZero);
  return spec;
}

OptionSpec used_initial_state_option() {
  return option("Run",
                "where every sequence starts: zero, or a safetensors file as for training; as the "
                "model was trained when not given",
                {kZero});
}

InitialState initial_state(const Options& options) {
  return options.text(kName) == kTrainable ? InitialState::kTrainable : InitialState::kZero;
}

template <class T>
void set_initial_state(const Options& options, SequenceModel<T>& model) {
  if (!options.has(kName)) return;
  const std::string& text = options.text(kName);
  const InitialState own = model.options().initial_state;
  if (text == kTrainable && own == InitialState::kTrainable) return;
  if (text == kZero && own == InitialState::kZero) return;
  if (text == kZero) {
    States<T> zero = model.initial_state();
    for (Tensor<T>& state : zero) state.fill(T(0));
    model.set_initial_state(zero);
    return;
  }
  std::error_code error;
  if (!std::filesystem::exists(text, error)) {
    options.fail(kName,
                 "there is no such file, and no such word; wanted zero, trainable (in "
                 "training) or a safetensors file");
  }
  model.set_initial_state(read_initial_state(text, model));
}

template void set_initial_state(const Options&, SequenceModel<float>&);
template void set_initial_state(const Options&, SequenceModel<double>&);

}  // namespace unroll::app
