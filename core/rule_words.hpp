// What a rule of the reader expects, in the words of its errors (core/yaml_reader.hpp).
//
//   describe_numbers("a number", {.min = 1, .max = 1000, .unit = "users"}, config_number)
//   // "a number from 1 to 1_000 users"; "a number of at least 1"; "a number (users)"
//
// Limits that are those of the type are none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.hpp"
#include "core/yaml_reader.hpp"

namespace core {

std::string with_unit(std::string text, std::string_view unit);  // "15 users"; the text alone without a unit

// `what`: "a number"; `print` writes a limit as a scenario would.
std::string describe_numbers(std::string_view what, const NumberRule& rule, std::string (*print)(double));
std::string describe_integers(std::string_view what, const IntegerRule& rule, std::string_view unit,
                              std::string (*print)(std::int64_t));
std::string describe_durations(const DurationRule& rule);

// " (such as 15s)" for a text that is not written so; nothing for a value that is merely out of range.
std::string lesson(Flaw flaw, std::string_view how);
std::string comma_lesson(std::string_view text);  // for a text with a comma: how thousands are separated

std::string alternatives(const std::vector<std::string_view>& words);  // "a, b or c"

}  // namespace core
