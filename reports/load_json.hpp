// What a load test writes down as JSON: summary.json, what came of it, and about.json, what was asked.
//
//  * `to_json`                 either of the two
//  * `load_summary_from_json`  load_summary_from_json(name, to_json(x)) has every member of x
//  * `load_plan_from_json`     the same of about.json
//
// Members have the names of loadgen/summary.hpp, times are whole nanoseconds in members named *_ns, and counts of
// requests are an object by outcome. The first member, `format`, says which shape the file has; a file of another
// format is refused by name. Bytes that are no UTF-8 (a server may say anything) are written as '?', so that the file
// is JSON whatever was met.
//
// Example:
//   write_file("summary.json", to_json(summary));
//   const loadgen::LoadSummary again = load_summary_from_json("summary.json", text);
#pragma once

#include <string>
#include <string_view>

#include "loadgen/summary.hpp"

namespace reports {

// Throw std::logic_error for a figure that is not finite: no figure of a report may be.
std::string to_json(const loadgen::LoadSummary& summary);
std::string to_json(const loadgen::LoadPlanFacts& plan);

// Throw core::ConfigError with the place in `text`; `name` is used in messages.
loadgen::LoadSummary load_summary_from_json(std::string name, std::string_view text);
loadgen::LoadPlanFacts load_plan_from_json(std::string name, std::string_view text);

// Does `text` say that it is a summary.json, of whatever version? Looks at its beginning only.
bool is_load_summary(std::string_view text);

}  // namespace reports
