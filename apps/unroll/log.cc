#include "log.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "unroll/io/file.h"

namespace unroll::app {

void write_log(const std::string& path, const std::vector<EpochRecord>& history,
               const ItemStyle& items) {
  using Json = nlohmann::ordered_json;
  std::string text;
  for (const EpochRecord& record : history) {
    const Json valid = record.valid_loss ? Json(*record.valid_loss) : Json();
    Json line = {
        {"epoch", record.epoch}, {"updates", record.updates}, {"train_loss", record.train_loss}};
    if (items.perplexity) line["train_perplexity"] = std::exp(record.train_loss);
    line["valid_loss"] = valid;
    if (items.perplexity) {
      line["valid_perplexity"] = record.valid_loss ? Json(std::exp(*record.valid_loss)) : Json();
    }
    for (const auto& [name, value] : record.valid_metrics) line["valid_" + name] = value;
    line["learning_rate"] = record.learning_rate;
    line["gradient_norm"] = record.gradient_norm;
    line[items.name] = record.items;
    line["seconds"] = record.seconds;
    line[items.name + "_per_second"] =
        record.seconds > 0 ? Json(static_cast<double>(record.items) / record.seconds) : Json();
    text += line.dump() + "\n";
  }
  write_file_atomically(path, text);
}

}  // namespace unroll::app
