#include "unroll/models/sequence_model_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "messages.h"
#include "models/small_sequences.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"
#include "unroll/io/safetensors.h"
#include "unroll/models/model.h"

namespace unroll {
namespace {

using Json = nlohmann::ordered_json;

class SequenceModelFile : public testing::Test {
 protected:
  SequenceModelFile() : description_(all_kinds()[0].first) {}

  template <class T>
  static SequenceModel<T> model_of(const SequenceModelOptions& options) {
    SequenceModel<T> model(options);
    model.initialize({.seed = 7});
    return model;
  }

  // The file with other metadata, or with other tensors.
  struct Change {
    std::map<std::string, std::string> metadata = {};
    std::string left_out = {};
    std::map<std::string, Shape> tensors = {};
  };
  void rewrite(const Change& change) const {
    SequenceModel<float> model = model_of<float>(description_.options);
    save_sequence_model(path_, model, description_);
    const std::map<std::string, std::string> metadata = SafetensorsFile(path_).metadata();
    SafetensorsWriter writer;
    for (const auto& [key, value] : metadata) writer.set_metadata(key, value);
    for (const auto& [key, value] : change.metadata) writer.set_metadata(key, value);
    std::map<std::string, Tensor<float>> tensors;
    for (const auto& [name, shape] : change.tensors) tensors.emplace(name, Tensor<float>(shape));
    for (const Parameter<float>* p : model.parameters()) {
      if (p->name() != change.left_out && !tensors.contains(p->name())) {
        writer.add(p->name(), p->value());
      }
    }
    for (const auto& [name, tensor] : tensors) writer.add(name, tensor);
    writer.write(path_);
  }
  std::string message() const {
    return message_of<FormatError>([&] { load_sequence_model<float>(path_); });
  }
  std::string message(const Change& change) const {
    rewrite(change);
    return message();
  }
  // With members of a key that holds JSON changed.
  std::string message(const std::string& key, const std::function<void(Json&)>& edit) const {
    rewrite({});
    Json json = Json::parse(SafetensorsFile(path_).metadata().at(key));
    edit(json);
    return message({.metadata = {{key, json.dump()}}});
  }

  SequenceModelDescription description_;
  TemporaryFolder folder_;
  std::string path_ = folder_.file("model.safetensors");
};

TEST_F(SequenceModelFile, RoundTrip) {
  const char* const tasks[] = {"classify", "classify", "tag", "regress",
                               "regress",  "regress",  "tag"};
  std::size_t kind = 0;
  for (auto [description, data] : all_kinds()) {
    description.training = R"({"epochs":3})";
    description.reader = {.format = "csv",
                          .header = false,
                          .delimiter = '\t',
                          .layout = "long",
                          .features_per_step = 3,
                          .id_column = "i",
                          .time_column = "größe",
                          .target_columns = {"p", "q"},
                          .ignored_columns = {"\"n\""},
                          .level = Level::kCharacter};
    SequenceModel<float> saved = model_of<float>(description.options);
    save_sequence_model(path_, saved, description);
    const std::string bytes = read_file(path_, 1 << 20);
    auto loaded = load_sequence_model<float>(path_);
    EXPECT_EQ(loaded.model.options(), description.options);
    const SequenceModelDescription& d = loaded.description;
    EXPECT_EQ(d.options, description.options);
    EXPECT_EQ(d.options.head, description.options.head);
    EXPECT_EQ(d.training, description.training);
    EXPECT_EQ(d.preprocessing.to_json(), description.preprocessing.to_json());
    EXPECT_EQ(d.reader.format, "csv");
    EXPECT_EQ(d.reader.header, false);
    EXPECT_EQ(d.reader.delimiter, '\t');
    EXPECT_EQ(d.reader.layout, "long");
    EXPECT_EQ(d.reader.features_per_step, 3u);
    EXPECT_EQ(d.reader.id_column, "i");
    EXPECT_EQ(d.reader.time_column, "größe");
    EXPECT_EQ(d.reader.target_columns, description.reader.target_columns);
    EXPECT_EQ(d.reader.ignored_columns, description.reader.ignored_columns);
    EXPECT_EQ(d.reader.level, Level::kCharacter);
    EXPECT_EQ(task_name(d), tasks[kind++]);
    save_sequence_model(path_, loaded.model, d);
    EXPECT_TRUE(read_file(path_, 1 << 20) == bytes);
    const auto info = std::get<SequenceModelInfo>(read_model_info(path_));
    EXPECT_EQ(info.dtype, "F32");
    std::uint64_t numbers = 0;
    for (const Parameter<float>* p : saved.parameters()) numbers += p->trainable ? p->size() : 0;
    EXPECT_EQ(info.parameters, numbers);
    EXPECT_EQ(info.description.options, description.options);
    EXPECT_TRUE(std::holds_alternative<TrainedSequenceModel<float>>(load_model(path_)));
    EXPECT_EQ(load_sequence_model<double>(path_).model.options(), description.options);
  }
}

TEST_F(SequenceModelFile, RefusesWhatIsNotFinite) {
  SequenceModel<float> model = model_of<float>(description_.options);
  save_sequence_model(path_, model, description_);
  std::string bytes = read_file(path_, 1 << 20);
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    Parameter<float>& parameter = *model.parameters().back();
    parameter.edit().data()[0] = value;
    expect_error<NumericError>([&] { save_sequence_model(path_, model, description_); },
                               {parameter.name(), "not written"});
    EXPECT_TRUE(read_file(path_, 1 << 20) == bytes) << "the file stays as it was";
    std::string damaged = bytes;
    damaged.replace(damaged.size() - sizeof(value), sizeof(value),
                    std::string(reinterpret_cast<const char*>(&value), sizeof(value)));
    write_file_atomically(path_, damaged);
    EXPECT_TRUE(contains(message(), "holds NaN or an infinity")) << message();
    write_file_atomically(path_, bytes);
  }
}

TEST_F(SequenceModelFile, KeepsAGivenInitialState) {
  SequenceModel<float> saved = model_of<float>(description_.options);
  States<float> states = saved.initial_state();
  fill_random_states(states, 5);
  saved.set_initial_state(states);
  save_sequence_model(path_, saved, description_);
  auto loaded = load_sequence_model<float>(path_);
  EXPECT_EQ(loaded.model.options(), saved.options());
  EXPECT_EQ(loaded.description.options.initial_state, InitialState::kGiven);
  EXPECT_TRUE(std::ranges::equal(loaded.model.initial_state()[0], states[0]));
  EXPECT_EQ(loaded.model.parameter_count(), saved.parameter_count());
  EXPECT_EQ(std::get<SequenceModelInfo>(read_model_info(path_)).parameters,
            saved.parameter_count());
  // Files that are older than given states have no key for them.
  const std::string older = message("unroll.options", [](Json& json) {
    json.erase("given_initial_state");
    json["layers"] = 0;  // the message is about something else
  });
  EXPECT_TRUE(contains(older, "layers"));
  EXPECT_TRUE(contains(message("unroll.options",
                               [](Json& json) {
                                 json["trainable_initial_state"] = false;
                                 json["given_initial_state"] = true;
                               }),
                       "initial state"));
}

TEST_F(SequenceModelFile, RefusesWhatIsNotAModelOfThisKind) {
  EXPECT_TRUE(contains(message({.metadata = {{"unroll.architecture", "language_model"}}}),
                       "'language_model', wanted 'sequence_model'"));
  EXPECT_TRUE(
      contains(message({.metadata = {{"unroll.format", "2"}}}), "this program reads format 1"));
  for (const char* key : {"unroll.options", "unroll.preprocessing", "unroll.reader"}) {
    EXPECT_TRUE(contains(message({.metadata = {{key, "{"}}}), "damaged")) << key;
    EXPECT_TRUE(contains(message({.metadata = {{key, "[1]"}}}), "damaged")) << key;
  }
  EXPECT_TRUE(contains(message({.left_out = "rnn.weight_ih_l1"}), "rnn.weight_ih_l1"));
  EXPECT_TRUE(contains(message({.left_out = "initial.h"}), "initial.h"));
  EXPECT_TRUE(contains(message({.tensors = {{"extra", Shape({2})}}}),
                       "tensor 'extra' belongs to no parameter"));
  EXPECT_TRUE(contains(message({.tensors = {{"head.bias", Shape({3})}}}), "head.bias"));
  SafetensorsWriter foreign;
  const Tensor<float> tensor({2, 3});
  foreign.add("lstm.weight_ih_l0", tensor);
  foreign.write(path_);
  EXPECT_TRUE(contains(message(), "no model of this program"));
  EXPECT_THROW(load_model(path_), FormatError);
  EXPECT_THROW(load_sequence_model<float>(folder_.file("none")), FileError);
}

TEST_F(SequenceModelFile, RefusesWhatDoesNotFitTogether) {
  const auto options = [&](const std::string& key, const Json& value) {
    return message("unroll.options", [&](Json& json) { json[key] = value; });
  };
  EXPECT_TRUE(contains(options("loss", "softmx"), "softmax"));
  for (const char* loss : {"sigmoid", "squared_error", "gaussian"}) {
    EXPECT_TRUE(contains(options("loss", loss), "disagree")) << loss;
  }
  EXPECT_TRUE(contains(options("input_size", 3), "input"));
  EXPECT_TRUE(contains(options("input_size", -2), "input_size is not a whole number"));
  EXPECT_TRUE(contains(options("input_size", 2.5), "input_size is not a whole number"));
  EXPECT_TRUE(contains(options("output_size", 3), "output"));
  EXPECT_TRUE(contains(options("pooling", "steps"), "pooling"));
  EXPECT_TRUE(contains(options("pooling", "last"), "head.weight"));
  EXPECT_TRUE(contains(options("pooling", "first"), "first"));
  EXPECT_TRUE(contains(options("cell", "gur"), "gru"));
  EXPECT_TRUE(contains(options("cell", "lstm"), "reset"));
  EXPECT_TRUE(contains(options("dropout", 1.5), "dropout"));
  EXPECT_TRUE(contains(options("layers", 0), "layers"));
  EXPECT_TRUE(contains(options("bidirectional", "yes"), "damaged"));
  EXPECT_TRUE(contains(options("bidirectional", false), "rnn.weight_ih_l1"));
  EXPECT_TRUE(contains(message("unroll.reader", [](Json& json) { json["delimiter"] = ";;"; }),
                       "the delimiter is ';;'"));
  for (const Json& trained : {Json{{"count", 3}}, Json(7)}) {
    EXPECT_TRUE(contains(message("unroll.reader", [&](Json& json) { json["trained"] = trained; }),
                         "damaged"));
  }
  EXPECT_TRUE(contains(message("unroll.reader",
                               [](Json& json) {
                                 json["trained"] = {{"count", -1}};
                               }),
                       "count is not a whole number"));
  const auto preprocessing = [&](const std::string& key, const Json& value) {
    return message("unroll.preprocessing", [&](Json& json) { json[key] = value; });
  };
  EXPECT_TRUE(contains(preprocessing("multi_label", true), "disagree"));
  EXPECT_TRUE(contains(preprocessing("missing_mask", true), "disagree"));
  EXPECT_TRUE(contains(preprocessing("target", "step_label"), "pooling"));
  EXPECT_TRUE(contains(preprocessing("target", "value"), "fit"));
}

// The columns of the training table, and how its cells are written.
TEST_F(SequenceModelFile, HowFilesAreRead) {
  SequenceReaderOptions& reader = description_.reader;
  reader.decimal = ',', reader.missing_values = {"null", "-200"}, reader.skip_rows = 2;
  reader.encoding = "latin-1", reader.comment = "#";
  reader.token_column = "FORM", reader.label_column = "2";
  TableColumns columns;
  columns.count = 5, columns.names = {"unit", "t", "q", "p", "life"};
  columns.is_long = columns.nan_is_padding = true;
  columns.id = 0, columns.time = 1, columns.features = {3, 2}, columns.targets = {4};
  reader.trained = columns;
  rewrite({});
  const SequenceReaderOptions read = load_sequence_model<float>(path_).description.reader;
  EXPECT_EQ(read.decimal, ',');
  EXPECT_EQ(read.missing_values, reader.missing_values);
  EXPECT_EQ(read.skip_rows, 2u);
  EXPECT_EQ(read.encoding, "latin-1");
  EXPECT_EQ(read.comment, reader.comment);
  EXPECT_EQ(read.token_column + read.label_column, "FORM2");
  ASSERT_TRUE(read.trained);
  EXPECT_EQ(read.trained->names, columns.names);
  EXPECT_TRUE(read.trained->is_long && read.trained->nan_is_padding);
  EXPECT_EQ(read.trained->id, columns.id);
  EXPECT_EQ(read.trained->time, columns.time);
  EXPECT_EQ(read.trained->features, columns.features);
  EXPECT_EQ(read.trained->targets, columns.targets);
  // A column that is not there, one that is used twice, names that do not suffice.
  const auto with = [&](const std::string& key, const Json& value) {
    return message("unroll.reader", [&](Json& json) { json["trained"][key] = value; });
  };
  for (const auto& [key, value] : {std::pair{"count", Json(4)}, std::pair{"targets", Json{5}},
                                   std::pair{"id", Json(2)}, std::pair{"names", Json{"unit"}}}) {
    EXPECT_TRUE(contains(with(key, value), "the columns of the training table do not fit")) << key;
  }
}

// Files of before have none of that.
TEST_F(SequenceModelFile, ReadersOfBefore) {
  rewrite({});
  Json json = Json::parse(SafetensorsFile(path_).metadata().at("unroll.reader"));
  for (const char* key : {"comment", "encoding", "decimal", "missing_values", "skip_rows",
                          "token_column", "label_column", "trained"}) {
    json.erase(key);
  }
  rewrite({.metadata = {{"unroll.reader", json.dump()}}});
  const SequenceReaderOptions reader = load_sequence_model<float>(path_).description.reader;
  EXPECT_FALSE(reader.trained);
  EXPECT_EQ(reader.decimal, '.');
  EXPECT_EQ(reader.skip_rows, 0u);
}

// A loss of numbers for sets of labels would index means that are not there.
TEST_F(SequenceModelFile, RefusesTheLossOfAnotherTarget) {
  const std::vector<std::string> refused[] = {
      {"sigmoid", "squared_error", "absolute", "huber", "gaussian", "crf"},
      {"softmax", "squared_error", "absolute", "huber", "gaussian", "crf"},
      {"sigmoid", "squared_error", "absolute", "huber", "gaussian"},
      {"softmax", "sigmoid", "gaussian"},
      {"softmax", "sigmoid", "squared_error", "absolute", "huber"}};
  for (std::size_t kind = 0; kind < std::size(refused); ++kind) {
    description_ = all_kinds()[kind].first;
    for (const std::string& loss : refused[kind]) {
      EXPECT_TRUE(
          contains(message("unroll.options", [&](Json& json) { json["loss"] = loss; }), "disagree"))
          << description_.options.head.name << " " << loss;
    }
  }
}

TEST_F(SequenceModelFile, TheHeadsOwnParameter) {
  description_ = all_kinds().back().first;
  EXPECT_EQ(description_.options.head.name, "crf");
  SequenceModel<float> saved = model_of<float>(description_.options);
  ASSERT_EQ(saved.head_parameter()->name(), "head.transitions");
  fill_random(saved.head_parameter()->edit(), 5);
  save_sequence_model(path_, saved, description_);
  const auto loaded = load_sequence_model<float>(path_);
  EXPECT_TRUE(std::ranges::equal(loaded.model.head_values(), saved.head_values()));
  EXPECT_EQ(loaded.model.head_values().size(), 5u * 3);  // (K+2, K)
  EXPECT_TRUE(contains(message({.left_out = "head.transitions"}), "head.transitions"));
  EXPECT_TRUE(
      contains(message({.tensors = {{"head.transitions", Shape({3, 3})}}}), "head.transitions"));
  EXPECT_TRUE(contains(message("unroll.options", [](Json& json) { json["loss"] = "crff"; }),
                       "unknown loss 'crff'; did you mean 'crf'?"));
}

TEST_F(SequenceModelFile, Quantiles) {
  description_ = all_kinds()[5].first;
  ASSERT_EQ(description_.options.head.quantiles.size(), 4u);
  const auto with = [&](const Json& levels) {
    return message("unroll.options", [&](Json& json) { json["quantiles"] = levels; });
  };
  EXPECT_TRUE(contains(with({0.9, 0.5, 0.1, 0.05}), "the quantiles have to rise"));
  EXPECT_TRUE(contains(with({0.1, 0.5, 0.9}), "the size of the output"));
  EXPECT_TRUE(contains(with("many"), "damaged"));
  description_ = all_kinds()[3].first;
  EXPECT_TRUE(contains(with({0.1, 0.5, 0.9}), "'huber' has no quantiles"));
}

// What asks for far more than the file holds must not take memory.
TEST_F(SequenceModelFile, ChecksSizesBeforeMemory) {
  const auto options = [&](const std::string& key, std::uint64_t value) {
    return message("unroll.options", [&](Json& json) { json[key] = value; });
  };
  for (const std::uint64_t many : {std::uint64_t{1000000}, ~std::uint64_t{0}}) {
    EXPECT_TRUE(contains(options("hidden_size", many), "shape"));
    EXPECT_TRUE(contains(options("layers", many), "rnn.weight"));
    EXPECT_TRUE(contains(options("output_size", many), "output"));
    EXPECT_TRUE(contains(options("input_size", many), "input"));
  }
  // Tensors without elements may have any extent.
  Change hollow = {.tensors = {{"rnn.weight_hh_l0", Shape({0, 1000000})}}};
  rewrite({});
  Json json = Json::parse(SafetensorsFile(path_).metadata().at("unroll.options"));
  json["hidden_size"] = 1000000;
  hollow.metadata["unroll.options"] = json.dump();
  EXPECT_TRUE(contains(message(hollow), "shape"));
  // Small tensors beside the large first ones do not make layers.
  json["hidden_size"] = 4, json["layers"] = 5;
  Change layers = {.metadata = {{"unroll.options", json.dump()}}};
  for (int i = 0; i < 100; ++i) layers.tensors.emplace(std::to_string(i) + "x", Shape({1}));
  EXPECT_TRUE(contains(message(layers), "_l2"));

  description_ = all_kinds()[2].first;  // of tokens
  EXPECT_TRUE(contains(options("embedding_size", 4000000000), "rnn.weight_ih_l0"));
  EXPECT_TRUE(contains(options("vocabulary_size", 4000000000), "input"));
}

}  // namespace
}  // namespace unroll
