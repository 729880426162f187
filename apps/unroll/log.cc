#include "log.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "unroll/io/file.h"

namespace unroll::app {

void write_log(const std::string& path, const std::vector<EpochRecord>& history) {
  std::string text;
  for (const EpochRecord& record : history) {
    nlohmann::ordered_json line = {{"epoch", record.epoch},
                                   {"updates", record.updates},
                                   {"train_loss", record.train_loss},
                                   {"train_perplexity", std::exp(record.train_loss)},
                                   {"valid_loss", nullptr},
                                   {"valid_perplexity", nullptr},
                                   {"learning_rate", record.learning_rate},
                                   {"gradient_norm", record.gradient_norm},
                                   {"tokens", record.items},
                                   {"seconds", record.seconds},
                                   {"tokens_per_second", nullptr}};
    if (record.valid_loss) {
      line["valid_loss"] = *record.valid_loss;
      line["valid_perplexity"] = std::exp(*record.valid_loss);
    }
    if (record.seconds > 0) {
      line["tokens_per_second"] = static_cast<double>(record.items) / record.seconds;
    }
    text += line.dump() + "\n";
  }
  write_file_atomically(path, text);
}

}  // namespace unroll::app
