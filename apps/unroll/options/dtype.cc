#include "options/dtype.h"

#include <fmt/format.h>

#include "options/option_specs.h"
#include "unroll/kernels/machine_limit.h"

namespace unroll::app {

OptionSpec dtype_option(const char* group) {
  return choice_option("dtype", group,
                       "type of all numbers: f32, f64; bf16: f32, but products of numbers rounded "
                       "to bf16, faster where the processor has AVX512_BF16",
                       "f32", {"f32", "f64", "bf16"});
}

bool is_f64(const Options& options) { return options.text("dtype") == "f64"; }

Precision precision(const Options& options) {
  return options.text("dtype") == "bf16" ? Precision::kBf16 : Precision::kFull;
}

std::string dtype_note(const Options& options) {
  if (precision(options) == Precision::kFull || has_bf16_instruction()) return "";
  return fmt::format(
      "unroll: note: bf16 is not faster than f32 here: {} has no instruction for it\n",
      instruction_set());
}

}  // namespace unroll::app
