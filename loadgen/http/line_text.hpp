// Words of HTTP header lines, compared and cut the way RFC 9110 does.
//
//  * `name_size`  the name that a field's line begins with
//  * `is_word`    compares without case
//  * `trimmed`    without blanks and tabs around it
//
// For lines that hold no control character but tabs: the parser sees to that first.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "loadgen/byte_search.hpp"

namespace loadgen::http {

// RFC 9110, 5.6.2: what names of fields are made of.
inline constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> is_token{};
  for (const char c :
       std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
    is_token[static_cast<unsigned char>(c)] = true;
  }
  return is_token;
}();

inline std::uint64_t load_word(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whether the text is `word` but for case; `word` is in lower case. Eight bytes at a time; the last
// eight may overlap the ones before.
template <std::size_t N>
bool is_word(std::string_view text, const char (&word)[N]) {
  constexpr std::size_t size = N - 1;
  if (text.size() != size) { return false; }
  if constexpr (size < 8) {
    return std::equal(text.begin(), text.end(), word, [](char a, char b) { return lower(a) == b; });
  } else {
    // Lines hold no control characters, so that only letters become letters and only a hyphen a hyphen.
    constexpr std::uint64_t lower_case = 0x2020'2020'2020'2020;
    for (std::size_t i = 0; i < size; i += 8) {
      const std::size_t at = std::min(i, size - 8);
      if ((load_word(text.data() + at) | lower_case) != load_word(word + at)) { return false; }
    }
    return true;
  }
}

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) { text.remove_prefix(1); }
  while (!text.empty() && is_blank(text.back())) { text.remove_suffix(1); }
  return text;
}

// Without the colon; the whole line when it is nothing but name.
inline std::size_t name_size(std::string_view line) {
  const char* const end = line.data() + line.size();
  const char* at = first_not_name(line.data(), end);
  while (at != end && token_characters[static_cast<unsigned char>(*at)]) { ++at; }
  return static_cast<std::size_t>(at - line.data());
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr int hex_digit(char c) {
  if (is_digit(c)) { return c - '0'; }
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace loadgen::http
