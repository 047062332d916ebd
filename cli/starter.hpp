// The scenario that `billcast init` writes: cli/starter.yaml, with its options between lines that say whose they are.
#pragma once

#include <string>
#include <string_view>

#include "cli/editor_arguments.hpp"

namespace cli {

// The text of the file (cmake/embed.cmake).
std::string_view starter();
// What is left of it for this kind of options.
std::string starter_scenario(StarterKind kind);

}  // namespace cli
