// result.json: a whole Result, written and read back: from_json(name, to_json(x)) == x.
//
// The first member, `format`, says which shape the file has; a file of another format is refused by name.
#pragma once

#include <string>
#include <string_view>

#include "reports/result.hpp"

namespace reports {

std::string to_json(const Result& result);

// The JSON Schema (draft 7) of the file: every member, and no other.
std::string result_schema();

// Throws core::ConfigError with the place in `text`; `name` is used in messages.
Result from_json(std::string name, std::string_view text);

}  // namespace reports
