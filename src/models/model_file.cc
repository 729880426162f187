#include "models/model_file.h"
#include "support/json.h"

#include <algorithm>
#include <vector>

namespace unroll {

ModelFile::ModelFile(SafetensorsFile file) : file_(std::move(file)) {
  if (!file_.metadata().contains("unroll.architecture")) {
    throw FormatError(path() +
                      ": no model of this program: its metadata lacks 'unroll.architecture'");
  }
  const std::string& format = text("unroll.format");
  if (format != std::to_string(kModelFormat)) {
    throw FormatError(path() + ": format " + format + "; this program reads format " +
                      std::to_string(kModelFormat) + "; use a newer version of it");
  }
}

void ModelFile::require_architecture(const std::string& wanted) const {
  if (architecture() == wanted) return;
  throw FormatError(path() + ": the model's architecture is '" + architecture() + "', wanted '" +
                    wanted + "'");
}

const std::string& ModelFile::text(const std::string& key) const {
  const auto found = file_.metadata().find(key);
  if (found == file_.metadata().end()) {
    throw FormatError(path() + ": '" + key + "' is missing in its metadata");
  }
  return found->second;
}

void ModelFile::require_shape(const std::string& name, std::size_t rows,
                              std::size_t columns) const {
  const std::vector<std::size_t> wanted = {rows, columns};
  if (rows > 0 && columns > 0 && file_.shape(name) == wanted) return;
  throw FormatError(path() + ": tensor '" + name + "' has another shape than the (" +
                    std::to_string(rows) + ", " + std::to_string(columns) +
                    ") that its metadata says");
}

std::size_t ModelFile::require_recurrence(const CellOptions& cell, std::size_t inputs,
                                          std::size_t hidden, std::size_t layers,
                                          bool bidirectional) const {
  // G·H, the same in all layers; a cell has at least one gate, and not always recurrent weights.
  if (hidden % cell.heads != 0) {
    throw FormatError(path() + ": heads is " + std::to_string(cell.heads) +
                      "; wanted a divisor of hidden_size, " + std::to_string(hidden));
  }
  const std::size_t block = hidden / cell.heads;
  const auto names = file_.names();
  const bool recurrent = std::find(names.begin(), names.end(), "rnn.weight_hh_l0") != names.end();
  const char* const known = recurrent ? "rnn.weight_hh_l0" : "rnn.weight_ih_l0";
  const std::vector<std::size_t>& first = file_.shape(known);
  const std::size_t rows = first.empty() ? 0 : first[0];
  if (rows < hidden) require_shape(known, hidden, recurrent ? block : inputs);
  const std::size_t outputs = (bidirectional ? 2 : 1) * hidden;
  for (std::size_t layer = 0; layer < layers; ++layer) {
    for (const char* direction : {"", "_reverse"}) {
      if (*direction != 0 && !bidirectional) continue;
      const std::string suffix = "_l" + std::to_string(layer) + direction;
      require_shape("rnn.weight_ih" + suffix, rows, layer == 0 ? inputs : outputs);
      if (recurrent) require_shape("rnn.weight_hh" + suffix, rows, block);
    }
  }
  return outputs;
}

template <class T>
void ModelFile::read_into(const Parameters<T>& parameters) const {
  std::vector<std::string> known;
  for (Parameter<T>* parameter : parameters) {
    file_.read_into(parameter->name(), parameter->edit());
    known.push_back(parameter->name());
  }
  for (const std::string& name : file_.names()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw FormatError(path() + ": tensor '" + name + "' belongs to no parameter of the model");
    }
  }
  const std::string bad = not_finite<T>({parameters.begin(), parameters.end()});
  if (!bad.empty()) {
    throw FormatError(path() + ": tensor '" + bad +
                      "' holds NaN or an infinity, with which nothing can be computed; train the "
                      "model again, with a smaller learning_rate or clip_norm");
  }
}

std::string ModelFile::dtype() const {
  if (file_.names().empty()) return "";
  return std::string(data_type_name(file_.dtype(file_.names().front())));
}

std::uint64_t ModelFile::parameter_count(Bias bias, bool given_initial_state) const {
  std::uint64_t count = 0;
  for (const std::string& name : file_.names()) {
    const bool held = (bias == Bias::kOne && name.starts_with("rnn.bias_hh")) ||
                      (given_initial_state && name.starts_with("initial."));
    if (held) continue;
    std::uint64_t size = 1;
    for (const std::size_t extent : file_.shape(name)) size *= extent;
    count += size;
  }
  return count;
}

template <class T>
void begin_model(SafetensorsWriter& writer, const std::string& architecture,
                 const std::string& options, const std::string& training,
                 const ConstParameters<T>& parameters) {
  const std::string bad = not_finite<T>(parameters);
  if (!bad.empty()) {
    throw NumericError("the parameter '" + bad +
                       "' is NaN or infinite: such a model is not written");
  }
  writer.set_metadata("unroll.format", std::to_string(kModelFormat));
  writer.set_metadata("unroll.architecture", architecture);
  writer.set_metadata("unroll.options", options);
  writer.set_metadata("unroll.training", training);
  for (const Parameter<T>* parameter : parameters) {
    writer.add(parameter->name(), parameter->value());
  }
}

void add_heads(Json& json, const CellOptions& cell) {
  if (cell.heads > 1) json["heads"] = cell.heads;
}

CellOptions cell_of(const Json& json) {
  CellOptions cell = {.name = json.at("cell").get<std::string>(),
                      .activation = json.at("activation").get<std::string>(),
                      .reset = json.at("reset").get<std::string>()};
  if (json.contains("heads")) cell.heads = size_member(json, "heads");
  if (cell.heads == 0) throw ValueError("heads is 0");
  return cell;
}

std::size_t size_member(const Json& json, const char* key) {
  const auto& value = json.at(key);
  if (!value.is_number_unsigned()) throw ValueError(std::string(key) + " is not a whole number");
  return value.get<std::size_t>();
}

template void ModelFile::read_into(const Parameters<float>&) const;
template void ModelFile::read_into(const Parameters<double>&) const;
template void begin_model(SafetensorsWriter&, const std::string&, const std::string&,
                          const std::string&, const ConstParameters<float>&);
template void begin_model(SafetensorsWriter&, const std::string&, const std::string&,
                          const std::string&, const ConstParameters<double>&);

}  // namespace unroll
