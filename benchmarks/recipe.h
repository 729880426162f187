#pragma once

#include <string>

#include "unroll/train/language_model_task.h"
#include "unroll/train/training.h"

namespace unroll::benchmarks {

// How `unroll train lm` trains: every option of it that its speed depends on, with the values that
// it has there when nothing is said.
struct Recipe {
  Recipe();

  LanguageModelTaskOptions task = {};
  TrainingOptions training = {};
  std::string dtype = "f32";  // or f64; bf16: f32 with products of operands rounded to bf16
};

// A TOML file of `unroll train lm`, without what it says of texts, vocabulary and epochs. Throws
// FileError, and ValueError for what is no recipe.
Recipe read_recipe(const std::string& path);

}  // namespace unroll::benchmarks
