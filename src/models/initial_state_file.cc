#include "unroll/models/initial_state_file.h"

#include <algorithm>
#include <cmath>

#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

std::string shape_text(const std::vector<std::size_t>& extents) {
  std::string text = "(";
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(extents[i]);
  }
  return text + ")";
}

// "'h' and 'c', each (layers·directions, hidden) = (2, 64)"
std::string wanted(const std::vector<std::string>& names, const Shape& shape) {
  std::string text = quote(names[0]);
  for (std::size_t k = 1; k < names.size(); ++k) text += " and " + quote(names[k]);
  if (names.size() > 1) text += ", each";
  return text + " (layers·directions, hidden) = " + shape.text();
}

}  // namespace

template <class T>
States<T> read_initial_state(const std::string& path, const SequenceModel<T>& model) {
  const SafetensorsFile file(path);
  const std::vector<std::string>& names = model.state_names();
  States<T> states = model.initial_state();
  const Shape shape = states[0].shape();
  const auto refuse = [&](const std::string& what) {
    throw FormatError(path + ": " + what + "; the initial state of this model is " +
                      wanted(names, shape));
  };
  for (const std::string& name : file.names()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      refuse("the tensor " + quote(name) + " is no state of the cell '" +
             model.options().cell.name + "'");
    }
  }
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (!file.contains(names[k])) refuse("has no tensor " + quote(names[k]));
    const std::vector<std::size_t>& found = file.shape(names[k]);
    if (found != std::vector<std::size_t>{shape[0], shape[1]}) {
      refuse("the tensor " + quote(names[k]) + " is " + shape_text(found));
    }
    file.read_into(names[k], states[k]);
    const T* const values = states[k].data();
    const T* const bad =
        std::find_if(values, values + states[k].size(), [](T x) { return !std::isfinite(x); });
    if (bad == values + states[k].size()) continue;
    const auto at = static_cast<std::size_t>(bad - values);
    throw FormatError(path + ": the tensor " + quote(names[k]) + " is not finite in row " +
                      std::to_string(at / shape[1] + 1) + ", column " +
                      std::to_string(at % shape[1] + 1));
  }
  return states;
}

template States<float> read_initial_state(const std::string&, const SequenceModel<float>&);
template States<double> read_initial_state(const std::string&, const SequenceModel<double>&);

}  // namespace unroll
