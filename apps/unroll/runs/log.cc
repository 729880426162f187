#include "runs/log.h"

#include <cmath>

#include "support/json.h"
#include "unroll/io/file.h"

namespace unroll::app {

void RunLog::write(const std::vector<EpochRecord>& history) {
  if (std::chrono::steady_clock::now() - time_ >= std::chrono::seconds(1)) finish(history);
}

void RunLog::finish(const std::vector<EpochRecord>& history) {
  if (written_ == history.size()) return;
  std::string text;
  for (const EpochRecord& record : history) {
    const Json valid = record.valid_loss ? Json(*record.valid_loss) : Json();
    Json line = {
        {"epoch", record.epoch}, {"updates", record.updates}, {"train_loss", record.train_loss}};
    if (items_.perplexity) line["train_perplexity"] = std::exp(record.train_loss);
    line["valid_loss"] = valid;
    if (items_.perplexity) {
      line["valid_perplexity"] = record.valid_loss ? Json(std::exp(*record.valid_loss)) : Json();
    }
    for (const auto& [name, value] : record.valid_metrics) line["valid_" + name] = value;
    line["learning_rate"] = record.learning_rate;
    line["gradient_norm"] = record.gradient_norm;
    line[items_.name] = record.items;
    line["seconds"] = record.seconds;
    line[items_.name + "_per_second"] =
        record.seconds > 0 ? Json(static_cast<double>(record.items) / record.seconds) : Json();
    text += line.dump() + "\n";
  }
  write_file_atomically(path_, text);
  written_ = history.size();
  time_ = std::chrono::steady_clock::now();
}

}  // namespace unroll::app
