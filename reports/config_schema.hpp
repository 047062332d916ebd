// The JSON Schema of a file, from what its readers asked for (core/declarations.hpp): what an editor completes,
// explains and underlines (docs/editor.md; docs/decisions/0013 says why it is made this way).
//
//  * `config_schema`   the schema, as JSON
//  * `unwalked`        what the texts that were read leave open: keys that none of them has, choices that none makes;
//                      all choices where other keys depend on them, else one that is not the default
//  * `decides`         whether other keys may depend on the choice of this one
//
// Draft 7, which is what the YAML extensions of editors know, and their `patternErrorMessage`. The schema refuses less
// than the readers do: limits of values with a unit, sums, dates in order and the like are the readers' alone. What it
// refuses, they refuse as well, if the declarations walked every way; `unwalked` is empty then.
//
// One value has one form, or several that readers tell apart. A mapping whose keys depend on a choice of its own (kind,
// process, …) has one branch for each. Of several declarations of a key the widest counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/declarations.hpp"

namespace reports {

// Whether the other keys of a mapping may depend on this one: kind, process and the like.
bool decides(std::string_view key);

// `title`: of the whole; linear in the number of declarations, but for branches: × choices.
std::string config_schema(const core::Declarations& declarations, std::string_view title);

// "options.*.kind: mixture", "traffic.growth.phases"; in the order of reading.
std::vector<std::string> unwalked(const core::Declarations& declarations);

}  // namespace reports
