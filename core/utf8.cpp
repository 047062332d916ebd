#include "core/utf8.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace core::utf8 {
namespace {

std::size_t length_by_first_byte(unsigned char first) {
  if (first < 0x80) { return 1; }
  if (first >= 0xC2 && first < 0xE0) { return 2; }  // C0 and C1 could only begin overlong forms
  if (first >= 0xE0 && first < 0xF0) { return 3; }
  if (first >= 0xF0 && first < 0xF5) { return 4; }
  return 0;
}

// The character in `sequence`, which is one whole valid sequence.
char32_t decode(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) { return first; }
  char32_t character = first & (0x7FU >> sequence.size());
  for (const char c : sequence.substr(1)) { character = (character << 6) | (static_cast<unsigned char>(c) & 0x3FU); }
  return character;
}

bool is_printable(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) { return false; }
  if (c == 0x2028 || c == 0x2029) { return false; }                 // line and paragraph separators
  if (c == 0x200E || c == 0x200F || c == 0x061C) { return false; }  // direction marks
  return !((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF);
}

}  // namespace

std::size_t sequence_length(std::string_view text) {
  if (text.empty()) { return 0; }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = length_by_first_byte(byte(0));
  if (length == 0 || length > text.size()) { return 0; }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) { return 0; }
  }
  if (length == 3) {
    if (byte(0) == 0xE0 && byte(1) < 0xA0) { return 0; }   // overlong
    if (byte(0) == 0xED && byte(1) >= 0xA0) { return 0; }  // a surrogate
  }
  if (length == 4) {
    if (byte(0) == 0xF0 && byte(1) < 0x90) { return 0; }   // overlong
    if (byte(0) == 0xF4 && byte(1) >= 0x90) { return 0; }  // beyond U+10FFFF
  }
  return length;
}

std::size_t prefix_size(std::string_view text, std::size_t characters) {
  std::size_t size = 0;
  for (; characters > 0 && size < text.size(); --characters) {
    size += std::max<std::size_t>(1, sequence_length(text.substr(size)));
  }
  return size;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) { i += prefix_size(text.substr(i), 1); }
  return count;
}

std::string escape_unprintable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
      ++i;
      continue;
    }
    const std::string_view sequence = text.substr(i, length);
    const char32_t character = decode(sequence);
    if (character == '\n') {
      out += "\\n";
    } else if (character == '\t') {
      out += "\\t";
    } else if (character == '\r') {
      out += "\\r";
    } else if (is_printable(character)) {
      out += sequence;
    } else if (character < 0x100) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(character));
    } else {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    }
    i += length;
  }
  return out;
}

}  // namespace core::utf8
