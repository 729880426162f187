#include "recipe.h"

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string_view>

#include "unroll/core/error.h"
#include "unroll/io/file.h"

namespace unroll::benchmarks {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {
    try {
      table_ = toml::parse(read_file(path_, kMaxBytes), path_);
    } catch (const toml::parse_error& error) {
      fail(error.description());
    }
  }

  // Into `value`, where the file has the key.
  template <class Value>
  void take(std::string_view key, Value& value) {
    if (const auto found = value_of<Value>(key)) value = *found;
  }
  template <class Value>
  void take(std::string_view key, std::optional<Value>& value) {
    if (const auto found = value_of<Value>(key)) value = *found;
  }
  template <class Value, class Parse>
  void take(std::string_view key, Value& value, const Parse& parse) {
    if (const auto found = value_of<std::string>(key)) value = parse(*found);
  }
  [[noreturn]] void fail(std::string_view what) const {
    throw ValueError(path_ + ": " + std::string(what));
  }
  void pass_over(std::string_view key) { known_.insert(key); }
  bool has(std::string_view key) const { return table_.contains(key); }

  void refuse_others() const {
    for (const auto& [key, node] : table_) {
      if (!known_.contains(key.str())) fail("unknown key " + std::string(key.str()));
    }
  }

 private:
  template <class Value>
  std::optional<Value> value_of(std::string_view key) {
    known_.insert(key);
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const std::optional<Value> value = node->value<Value>();
    if (!value) fail(std::string(key) + " has a value of another type");
    return value;
  }

  std::string path_;
  toml::table table_;
  std::set<std::string_view> known_;
};

void take_model(Reader& reader, LanguageModelTaskOptions& task) {
  LanguageModelOptions& model = task.model;
  reader.take("cell", model.cell.name);
  reader.take("activation", model.cell.activation);
  reader.take("reset", model.cell.reset);
  reader.take("heads", model.cell.heads);
  reader.take("embedding", model.embedding_size);
  reader.take("hidden", model.hidden_size);
  reader.take("layers", model.layers);
  reader.take("dropout", model.dropout);
  reader.take("tied", model.tied);
  reader.take("bias", model.bias, parse_bias);
  InitializationOptions& initialization = task.initialization;
  if (reader.has("initial_range")) initialization.scheme = Initialization::kUniform;
  reader.take("initialization", initialization.scheme, parse_initialization);
  reader.take("initial_range", initialization.range);
  reader.take("forget_bias", initialization.forget_bias);
}

void take_windows(Reader& reader, LanguageModelTaskOptions& task) {
  reader.take("bptt", task.bptt.bptt);
  reader.take("batch", task.bptt.batch);
  reader.take("shards", task.shards);
  reader.take("cursor", task.bptt.cursor, parse_cursor);
  reader.take("reduction", task.reduction, parse_window_reduction);
  reader.take("seed", task.seed);
}

void take_training(Reader& reader, TrainingOptions& training) {
  OptimizerOptions& optimizer = training.optimizer;
  reader.take("optimizer", optimizer.name);
  reader.take("momentum", optimizer.momentum);
  reader.take("weight_decay", optimizer.weight_decay);
  reader.take("beta1", optimizer.beta1);
  reader.take("beta2", optimizer.beta2);
  reader.take("decay", optimizer.decay);
  reader.take("epsilon", optimizer.epsilon);
  ScheduleOptions& schedule = training.schedule;
  reader.take("schedule", schedule.name);
  reader.take("learning_rate", schedule.learning_rate);
  reader.take("divide_by", schedule.divide_by);
  reader.take("divide_from", schedule.divide_from);
  reader.take("warmup", schedule.warmup);
  reader.take("final_rate", schedule.final_rate);
  reader.take("clip_norm", training.clip_norm);
  reader.take("checkpoint_every", training.checkpoint_every);
  reader.take("threads", training.threads);
}

}  // namespace

Recipe::Recipe() {
  task.model.embedding_size = task.model.hidden_size = 200;
  training.optimizer.name = "adam";
  training.schedule = {.name = "cosine", .learning_rate = 2e-3};
  training.clip_norm = 1;
}

Recipe read_recipe(const std::string& path) {
  Reader reader(path);
  Recipe recipe;
  take_model(reader, recipe.task);
  take_windows(reader, recipe.task);
  take_training(reader, recipe.training);
  reader.take("dtype", recipe.dtype, [&](const std::string& name) {
    if (name != "f32" && name != "f64" && name != "bf16") reader.fail("unknown dtype " + name);
    return name;
  });
  for (const char* name : {"train", "valid", "test", "level", "max_tokens", "vocabulary_size",
                           "min_count", "epochs", "patience"}) {
    reader.pass_over(name);
  }
  reader.refuse_others();
  return recipe;
}

}  // namespace unroll::benchmarks
