#include "loadgen/llm/json_scanner.hpp"

#include <algorithm>

namespace loadgen::llm {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
int hex_digit(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

constexpr std::string_view escape_letters = "\"\\/bfnrt";
constexpr std::string_view escape_meanings = "\"\\/\b\f\n\r\t";

}  // namespace

// At a byte that is not plain and no quote: a control character, or a backslash.
bool JsonScanner::pass_escape(const char*& at, const char* end) {
  if (*at != '\\' || end - at < 2) { return false; }
  if (at[1] != 'u') {
    if (escape_letters.find(at[1]) == std::string_view::npos) { return false; }
    at += 2;
    return true;
  }
  if (end - at < 6 || !std::all_of(at + 2, at + 6, is_hex_digit)) { return false; }
  at += 6;
  return true;
}

// Characters beyond ASCII become '?': the names that are looked for have none, and no name has a '?'.
std::string JsonScanner::unescaped(std::string_view body) {
  std::string text;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '\\') {
      text += body[i];
    } else if (body[i + 1] != 'u') {
      text += escape_meanings[escape_letters.find(body[++i])];
    } else {
      int code = 0;
      for (std::size_t digit = i + 2; digit < i + 6; ++digit) { code = 16 * code + hex_digit(body[digit]); }
      text += code < 0x80 ? static_cast<char>(code) : '?';
      i += 5;
    }
  }
  return text;
}

bool JsonScanner::skip() {
  std::string_view body;
  switch (next()) {
    case '{':
      return object([this](std::string_view /*key*/) { return skip(); });
    case '[':
      return array([this] { return skip(); });
    case '"':
      return string(body);
    case 't':
      return skip_word("true");
    case 'f':
      return skip_word("false");
    case 'n':
      return skip_word("null");
    default:
      return skip_number();
  }
}

bool JsonScanner::skip(std::string_view& value) {
  skip_blanks();
  const char* const begin = at_;
  if (!skip()) { return false; }
  value = {begin, static_cast<std::size_t>(at_ - begin)};
  return true;
}

bool JsonScanner::skip_word(std::string_view word) {
  if (!std::string_view{at_, static_cast<std::size_t>(end_ - at_)}.starts_with(word)) { return false; }
  at_ += word.size();
  return true;
}

bool JsonScanner::skip_number() {
  const auto digits = [this] {
    const char* const begin = at_;
    at_ = std::find_if_not(at_, end_, is_digit);
    return at_ != begin;
  };
  const auto is_next = [this](char c) { return at_ != end_ && *at_ == c; };
  if (is_next('-')) { ++at_; }
  if (is_next('0')) {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  if (is_next('.')) {
    ++at_;
    if (!digits()) { return false; }
  }
  if (is_next('e') || is_next('E')) {
    ++at_;
    if (is_next('+') || is_next('-')) { ++at_; }
    if (!digits()) { return false; }
  }
  return true;
}

}  // namespace loadgen::llm
