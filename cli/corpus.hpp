// The texts whose reading says what there is to read (core/declarations.hpp): everything that ships, and what was
// written to walk the ways that none of those takes (cli/forms.yaml, cli/price_forms.yaml).
//
// Whoever adds a key behind a choice or behind another key adds a sample of it there, unless a scenario that ships has
// it; tests/cli/schema_test.cpp says what is missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/declarations.hpp"

namespace cli {

struct Sample {
  std::string name;  // "configs/smoke.yaml", "cli/forms.yaml, the 3rd"
  std::string text;
};

std::vector<Sample> scenario_samples();
std::vector<Sample> price_samples();

// Throws core::ConfigError for a sample that does not read.
core::Declarations scenario_declarations();
core::Declarations price_declarations();

// The texts, generated from the files (cmake/embed.cmake): documents with lines of --- between them.
std::string_view forms();
std::string_view price_forms();

}  // namespace cli
