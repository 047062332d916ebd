// Just enough UTF-8 to check a text, count its characters and print it on one line of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace core::utf8 {

// Bytes of the character that `text` begins with; 0 when those are not UTF-8 (cut off, overlong, surrogate, beyond
// U+10FFFF) or `text` is empty.
std::size_t sequence_length(std::string_view text);

// Characters (code points) of a text; a byte that is not UTF-8 counts as one.
std::size_t character_count(std::string_view text);

// Bytes of the first `characters` characters.
std::size_t prefix_size(std::string_view text, std::size_t characters);

// Control characters (C0, C1, DEL), line separators and direction marks as "\n", "\x1b", "\u202e"; bytes that are
// not UTF-8 as "\xff". What is left is one line that a terminal shows in the order it is written.
std::string escape_unprintable(std::string_view text);

}  // namespace core::utf8
