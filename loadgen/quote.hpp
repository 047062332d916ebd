// A stranger's bytes for a line that people read.
//
//  * `quote`  'text', printable and short
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace loadgen {

// At most `longest` characters of it, then "..."; what would steer a terminal is escaped.
std::string quote(std::string_view text, std::size_t longest = 60);

}  // namespace loadgen
