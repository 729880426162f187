#include <memory>
#include <string>
#include <utility>

#include "options/head_options.h"
#include "options/initial_state.h"
#include "options/model_options.h"
#include "options/sequence_options.h"
#include "unroll/data/data_summary.h"
#include "unroll/jobs/fit_sequences.h"
#include "verbs/train_command.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

SequenceSets read_sets(const Options& options, SequenceVerb verb, DataReport& data) {
  SequenceReaderOptions reader = reader_options(options);
  reader.target = target_kind(options, verb);
  const auto read = [&](const char* name) {
    Sequences sequences = read_sequences(options.text(name), reader);
    data.add(name, summarize(sequences), options.text("missing"));
    return sequences;
  };
  const bool label_sets = verb == SequenceVerb::kClassify && options.is_on("multi_label");
  SequenceSets sets = {.train = read("train")};
  require_plausible(sets.train, label_sets);
  reader.trained = sets.train.reading.table;
  if (options.has("test")) sets.test = read("test");
  if (options.has("valid")) {
    sets.valid = read("valid");
  } else if (options.number("valid_fraction") > 0) {
    hold_out(sets, options.number("valid_fraction"), label_sets, options.count("seed"));
  }
  return sets;
}

template <class T, SequenceVerb kVerb>
std::unique_ptr<Fit<T>> make(const Options& options, DataReport& data) {
  SequenceSets sets = read_sets(options, kVerb, data);
  FitSequencesOptions fit = {.reader = reader_options(options),
                             .preprocessing = preprocessing_options(options, kVerb),
                             .model = sequence_model_options(options, kVerb),
                             .initialization = initialization_options(options),
                             .batch = options.size("batch"),
                             .shards = options.size("shards"),
                             .seed = options.count("seed")};
  if constexpr (kVerb != SequenceVerb::kRegress) fit.class_weights = class_weights(options);
  auto made = std::make_unique<FitSequences<T>>(std::move(sets), fit);
  set_initial_state(options, made->task().model());
  return made;
}

template <SequenceVerb kVerb>
std::function<int()> declare(CommandLine& line, const char* name, const char* items) {
  TrainingVerb verb;
  verb.name = name;
  verb.input = "train", verb.input_help = "the sequences to train on";
  verb.items.name = items;
  verb.table = train_sequences_table(kVerb);
  verb.complete = [](Options& options) {
    complete_train_sequences_options(options);
    if constexpr (kVerb == SequenceVerb::kRegress) static_cast<void>(number_head(options));
  };
  verb.make_f32 = make<float, kVerb>, verb.make_f64 = make<double, kVerb>;
  return declare_training(line, std::move(verb));
}

}  // namespace

std::function<int()> declare_train_classify(CommandLine& line) {
  return declare<SequenceVerb::kClassify>(line, "train classify", "sequences");
}
std::function<int()> declare_train_tag(CommandLine& line) {
  return declare<SequenceVerb::kTag>(line, "train tag", "steps");
}
std::function<int()> declare_train_regress(CommandLine& line) {
  return declare<SequenceVerb::kRegress>(line, "train regress", "targets");
}

}  // namespace unroll::app
