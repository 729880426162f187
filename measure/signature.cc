#include "measure/signature.h"

#include <cstdint>
#include <iomanip>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/item_hash.h"
#include "unroll/core/parameter.h"
#include "unroll/core/random.h"
#include "unroll/data/text.h"
#include "unroll/data/vocabulary.h"
#include "unroll/jobs/fit_language_model.h"
#include "unroll/nn/cell.h"

namespace unroll::measure {
namespace {

constexpr std::size_t kUpdates = 20, kBatch = 6, kBptt = 7, kWidth = 56;

// kUpdates windows of kBatch lanes, in which a character follows from the last two and from chance.
EncodedTexts built_in_text() {
  const Random random(1, RandomUse::kCheck, 0);
  const std::uint64_t letters = 23;
  std::uint64_t last = 0, before = 0;
  std::string text;
  for (std::size_t i = 0; i <= kUpdates * kBatch * kBptt; ++i) {
    const std::uint64_t next = (3 * last + before + random.below(i, 4)) % letters;
    before = std::exchange(last, next);
    text += static_cast<char>('a' + next);
  }
  TextReader counted = TextReader::from_memory(text, Level::kCharacter);
  EncodedTexts texts{.vocabulary = Vocabulary::build(counted)};
  TextReader encoded = TextReader::from_memory(text, Level::kCharacter);
  texts.train = texts.vocabulary.encode(encoded);
  return texts;
}

template <class T>
void add_training(ItemHash& hash, const EncodedTexts& texts, const CellOptions& cell,
                  Precision precision, const SignatureOptions& options) {
  LanguageModelTaskOptions task;
  task.model.embedding_size = kWidth;
  task.model.hidden_size = kWidth;
  task.model.layers = 2;
  task.model.cell = cell;
  task.model.dropout = 0.25;
  task.model.precision = precision;
  task.bptt = {.batch = kBatch, .bptt = kBptt};
  task.shards = options.shards;
  FitLanguageModel<T> job(texts, task);
  TrainingOptions training;
  training.optimizer.name = "adam";
  training.schedule.learning_rate = 0.01;
  training.clip_norm = 1;
  training.threads = options.threads;
  Fitted<TextModel<T>> fitted = fit(job, training);
  for (const EpochRecord& epoch : fitted.history) {
    hash.add(std::vector<double>{static_cast<double>(epoch.updates), epoch.train_loss,
                                 epoch.gradient_norm});
  }
  for (const Parameter<T>* p : fitted.model.model.parameters()) {
    hash.add(p->value());
  }
}

}  // namespace

std::string signature(const SignatureOptions& options) {
  const EncodedTexts texts = built_in_text();
  ItemHash hash;
  for (const CellOptions& cell : all_cells()) {
    add_training<float>(hash, texts, cell, Precision::kFull, options);
    add_training<double>(hash, texts, cell, Precision::kFull, options);
    add_training<float>(hash, texts, cell, Precision::kBf16, options);
  }
  std::ostringstream text;
  text << std::hex << std::setfill('0') << std::setw(16) << hash.value();
  return text.str();
}

}  // namespace unroll::measure
