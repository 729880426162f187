#include "unroll/models/sequence_model_file.h"

#include "models/architectures.h"
#include "models/reader_json.h"
#include "support/json.h"
#include "unroll/models/model.h"

namespace unroll {
namespace {

Json options_json(const SequenceModelOptions& options) {
  Json json = {{"cell", options.cell.name},
               {"activation", options.cell.activation},
               {"reset", options.cell.reset},
               {"input_size", options.input_size},
               {"vocabulary_size", options.vocabulary_size},
               {"embedding_size", options.embedding_size},
               {"hidden_size", options.hidden_size},
               {"layers", options.layers},
               {"bidirectional", options.bidirectional},
               {"pooling", pooling_name(options.pooling)},
               {"output_size", options.output_size},
               {"dropout", options.dropout},
               {"trainable_initial_state", options.initial_state != InitialState::kZero},
               {"given_initial_state", options.initial_state == InitialState::kGiven},
               {"bias", bias_name(options.bias)},
               {"loss", options.head.name}};
  add_heads(json, options.cell);
  if (!options.head.quantiles.empty()) json["quantiles"] = options.head.quantiles;
  return json;
}

// Format 1 began without given states: a reader that does not know them takes them for trained
// ones, which predict the same.
InitialState initial_state_of(const Json& json) {
  const bool given = json.value("given_initial_state", false);
  if (!json.at("trainable_initial_state").get<bool>()) {
    if (given) throw ValueError("an initial state is given where there is none");
    return InitialState::kZero;
  }
  return given ? InitialState::kGiven : InitialState::kTrainable;
}

SequenceModelOptions options_of(const Json& json) {
  return {.input_size = size_member(json, "input_size"),
          .vocabulary_size = size_member(json, "vocabulary_size"),
          .embedding_size = size_member(json, "embedding_size"),
          .hidden_size = size_member(json, "hidden_size"),
          .layers = size_member(json, "layers"),
          .bidirectional = json.at("bidirectional").get<bool>(),
          .cell = cell_of(json),
          .pooling = parse_pooling(json.at("pooling").get<std::string>()),
          .head = {.name = json.at("loss").get<std::string>(),
                   .quantiles = json.value("quantiles", std::vector<double>())},
          .output_size = size_member(json, "output_size"),
          .dropout = json.at("dropout").get<double>(),
          .initial_state = initial_state_of(json),
          .bias = parse_bias(json.at("bias").get<std::string>())};
}

void check_shapes(const ModelFile& file, const SequenceModelOptions& o) {
  const std::size_t inputs = o.vocabulary_size > 0 ? o.embedding_size : o.input_size;
  const std::size_t outputs =
      file.require_recurrence(o.cell, inputs, o.hidden_size, o.layers, o.bidirectional);
  const Pooling& p = o.pooling;
  const std::size_t parts =
      p.steps ? 1 : std::size_t{p.last} + std::size_t{p.mean} + std::size_t{p.max};
  file.require_shape("head.weight", o.output_size, parts * outputs);
  if (const auto own = make_head(o.head)->parameter(o.output_size)) {
    file.require_shape("head." + own->name, own->rows, own->columns);
  }
  if (o.vocabulary_size > 0) {
    file.require_shape("encoder.weight", o.vocabulary_size, o.embedding_size);
  }
}

// What the options of a model must be for its data and its loss.
void check(const ModelFile& file, const SequenceModelDescription& d) {
  const auto refuse = [&](const std::string& what) {
    throw FormatError(file.path() + ": its options and its preprocessing disagree on " + what);
  };
  const Preprocessing& p = d.preprocessing;
  const bool by_step = is_of_steps(p.target());
  const std::unique_ptr<const Head> head = make_head(d.options.head);
  if (head->targets() != head_targets(p) || (head->of_sequences() && !by_step)) refuse("the loss");
  if (d.options.input_size != p.input_size() || d.options.vocabulary_size != p.vocabulary_size()) {
    refuse("the size of the input");
  }
  if (d.options.output_size != output_size(*head, p)) refuse("the size of the output");
  if (d.options.pooling.steps != by_step) refuse("the pooling");
  const bool stateful = d.forecast && d.forecast->options().stateful;
  if (d.forecast && p.target() != (stateful ? TargetKind::kStepValue : TargetKind::kValue)) {
    refuse("the kind of the target");
  }
  if (stateful && d.options.bidirectional) refuse("the direction");
  if (d.forecast &&
      p.target_width() != d.forecast->options().horizon * d.forecast->columns().size()) {
    refuse("the horizon");
  }
  check_shapes(file, d.options);
}

SequenceModelDescription description_of(const ModelFile& file) {
  file.require_architecture(kSequenceModel);
  SequenceModelDescription d;
  d.options = file.parse("unroll.options", [](const Json& json) {
    SequenceModelOptions options = options_of(json);
    static_cast<void>(make_head(options.head));  // throws for one that is not known
    return options;
  });
  d.preprocessing = Preprocessing::from_json(file.text("unroll.preprocessing"), file.path());
  d.reader = file.parse("unroll.reader", reader_of);
  if (file.tensors().metadata().contains("unroll.forecast")) {
    d.forecast = ForecastScheme::from_json(file.text("unroll.forecast"), file.path());
  }
  d.training = file.text("unroll.training");
  check(file, d);
  return d;
}

}  // namespace

HeadTargets head_targets(const Preprocessing& preprocessing) {
  if (preprocessing.classes().empty()) return HeadTargets::kNumbers;
  return preprocessing.options().multi_label ? HeadTargets::kClassSet : HeadTargets::kClass;
}

std::size_t output_size(const Head& head, const Preprocessing& preprocessing) {
  return head.width(head.targets() == HeadTargets::kClass ? preprocessing.classes().size()
                                                          : preprocessing.target_width());
}

std::string task_name(const SequenceModelDescription& description) {
  if (description.forecast) return "forecast";
  switch (description.preprocessing.target()) {
    case TargetKind::kLabel:
      return "classify";
    case TargetKind::kStepLabel:
      return "tag";
    default:
      return "regress";
  }
}

template <class T>
void add_sequence_model(SafetensorsWriter& file, const SequenceModel<T>& model,
                        const SequenceModelDescription& description) {
  begin_model<T>(file, kSequenceModel, options_json(model.options()).dump(), description.training,
                 model.parameters());
  file.set_metadata("unroll.preprocessing", description.preprocessing.to_json());
  file.set_metadata("unroll.reader", reader_json(description.reader).dump());
  if (description.forecast) file.set_metadata("unroll.forecast", description.forecast->to_json());
}

template <class T>
void save_sequence_model(const std::string& path, const SequenceModel<T>& model,
                         const SequenceModelDescription& description) {
  SafetensorsWriter writer;
  add_sequence_model(writer, model, description);
  writer.write(path);
}

template <class T>
TrainedSequenceModel<T> read_sequence_model(const ModelFile& file) {
  SequenceModelDescription description = description_of(file);
  try {
    TrainedSequenceModel<T> loaded{SequenceModel<T>(description.options), std::move(description)};
    file.read_into<T>(loaded.model.parameters());
    return loaded;
  } catch (const ValueError& error) {
    throw FormatError(file.path() + ": " + error.what());
  }
}

template <class T>
TrainedSequenceModel<T> load_sequence_model(SafetensorsFile file) {
  return read_sequence_model<T>(ModelFile(std::move(file)));
}

template <class T>
TrainedSequenceModel<T> load_sequence_model(const std::string& path) {
  return load_sequence_model<T>(SafetensorsFile(find_model(path)));
}

SequenceModelInfo read_sequence_model_info(const ModelFile& file) {
  SequenceModelDescription description = description_of(file);
  const SequenceModelOptions& options = description.options;
  const std::uint64_t parameters =
      file.parameter_count(options.bias, options.initial_state == InitialState::kGiven);
  return {std::move(description), file.dtype(), parameters};
}

template void save_sequence_model<float>(const std::string&, const SequenceModel<float>&,
                                         const SequenceModelDescription&);
template void save_sequence_model<double>(const std::string&, const SequenceModel<double>&,
                                          const SequenceModelDescription&);
template void add_sequence_model<float>(SafetensorsWriter&, const SequenceModel<float>&,
                                        const SequenceModelDescription&);
template void add_sequence_model<double>(SafetensorsWriter&, const SequenceModel<double>&,
                                         const SequenceModelDescription&);
template TrainedSequenceModel<float> read_sequence_model<float>(const ModelFile&);
template TrainedSequenceModel<double> read_sequence_model<double>(const ModelFile&);
template TrainedSequenceModel<float> load_sequence_model<float>(SafetensorsFile);
template TrainedSequenceModel<double> load_sequence_model<double>(SafetensorsFile);
template TrainedSequenceModel<float> load_sequence_model<float>(const std::string&);
template TrainedSequenceModel<double> load_sequence_model<double>(const std::string&);

}  // namespace unroll
