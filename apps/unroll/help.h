#pragma once

#include <CLI/CLI.hpp>
#include <memory>

namespace unroll::app {

// Help pages of at most 80 columns.
std::shared_ptr<CLI::Formatter> help_formatter();

}  // namespace unroll::app
