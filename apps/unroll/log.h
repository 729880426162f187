#pragma once

#include <string>
#include <vector>

#include "progress.h"
#include "unroll/train/training.h"

namespace unroll::app {

// Replaces log.jsonl: one JSON object a line and epoch. Throws FileError.
void write_log(const std::string& path, const std::vector<EpochRecord>& history,
               const ItemStyle& items);

}  // namespace unroll::app
