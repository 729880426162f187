#include "options/head_options.h"

#include <charconv>

#include "options/lists.h"
#include "options/option_specs.h"
#include "unroll/core/error.h"

namespace unroll::app {

OptionSpec quantiles_option() {
  return text_option("quantiles", "Loss",
                     "of loss quantiles: the levels, with commas between, 0.5 among them; the "
                     "outer two are the interval; 0.05,0.5,0.95 when not given",
                     "LEVELS");
}

HeadOptions number_head(const Options& options) {
  HeadOptions head = {.name = options.text("loss")};
  if (!options.has("quantiles")) return make_head(head)->options();
  if (options.text("quantiles").empty()) options.fail("quantiles", "wants numbers");
  for (const std::string& part : list_of(options.text("quantiles"))) {
    double level = 0;
    const char* const end = part.data() + part.size();
    if (std::from_chars(part.data(), end, level).ptr != end || part.empty()) {
      options.fail("quantiles", "wants numbers with commas between");
    }
    head.quantiles.push_back(level);
  }
  try {
    return make_head(head)->options();
  } catch (const ValueError& error) {
    options.fail("quantiles", error.what());
  }
}

}  // namespace unroll::app
