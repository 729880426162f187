#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace unroll::app {

// Lays help pages out in at most 80 columns.
std::shared_ptr<CLI::Formatter> help_formatter();

// The page of a verb; `parents` are the words before its name, such as "unroll train".
std::string help_page(const CLI::App& app, const std::string& parents);

}  // namespace unroll::app
