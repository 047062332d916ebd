// Walks through a JSON text (RFC 8259) once, front to back, checking it as it goes, without building anything.
//
//  * `JsonScanner`  the next value's kind, strings where they lie, members and items by a function called for each
//
// Texts of a few hundred bytes come millions of times a second, and one or two members of each matter: a parser that
// builds a tree (Boost.JSON takes 0.5 us for such a text) would cost more than all else that is done with them.
//
// Every function leaves the scanner behind what it read; false is a flaw in the text, after which there is no going on.
// Bytes above 0x7F in a string are not looked at: those that are not UTF-8 pass, as they do in a browser, where the
// decoder of the event stream replaces them before anybody sees them. So do lone surrogates (\ud83d), which the grammar
// allows.
//
// Example:
//   JsonScanner json{text};
//   std::string_view id;
//   const bool valid = json.object([&](std::string_view key) {
//     return key == "id" && json.next() == '"' ? json.string(id) : json.skip();
//   }) && json.at_end();
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "loadgen/byte_search.hpp"

namespace loadgen::llm {

class JsonScanner {
 public:
  static constexpr int deepest = 64;  // objects and arrays within one another

  explicit JsonScanner(std::string_view text) : at_{text.data()}, end_{text.data() + text.size()} {}

  // The first byte of the next value, or of what stands there instead; NUL at the end.
  char next() {
    skip_blanks();
    return at_ == end_ ? '\0' : *at_;
  }

  // Calls `on_member(std::string_view key)` for each; it must read or skip the value and return whether that went well.
  // The key is as written unless it holds an escape; it is valid until the call returns.
  template <class OnMember>
  bool object(OnMember&& on_member);
  template <class OnItem>
  bool array(OnItem&& on_item);  // calls `on_item()`, which must read or skip the item

  bool string(std::string_view& body);  // what stands between the quotes, escapes as written
  bool skip();                          // a value of any kind
  bool skip(std::string_view& value);   // the same, and how it is written
  bool at_end() {
    skip_blanks();
    return at_ == end_;
  }

  // The quote that ends the string whose body begins at `begin`; null when none does, or no string goes like that.
  static const char* string_end(const char* begin, const char* end) {
    const char* at = begin;
    return pass_body(at, end) && at != end ? at : nullptr;
  }

 private:
  // On to the quote that ends a string, or to `end`. False: no string goes like that.
  static bool pass_body(const char*& at, const char* end) {
    for (;;) {
      at = first_not_plain(at, end);
      if (at == end || *at == '"') { return true; }
      if (!pass_escape(at, end)) { return false; }
    }
  }
  static bool pass_escape(const char*& at, const char* end);
  static std::string unescaped(std::string_view body);

  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) { ++at_; }
  }
  bool skip_number();
  bool skip_word(std::string_view word);
  // Takes `c` if it comes next.
  bool take(char c) {
    if (next() != c) { return false; }
    ++at_;
    return true;
  }

  const char* at_;
  const char* end_;
  int depth_ = 0;
};

inline bool JsonScanner::string(std::string_view& body) {
  if (!take('"')) { return false; }
  const char* const begin = at_;
  const char* const quote = string_end(begin, end_);
  if (quote == nullptr) { return false; }
  body = {begin, static_cast<std::size_t>(quote - begin)};
  at_ = quote + 1;
  return true;
}

template <class OnMember>
bool JsonScanner::object(OnMember&& on_member) {
  if (!take('{') || ++depth_ > deepest) { return false; }
  if (!take('}')) {
    do {
      std::string_view key;
      if (!string(key) || !take(':')) { return false; }
      const bool went_well = key.find('\\') == std::string_view::npos ? on_member(key) : on_member(unescaped(key));
      if (!went_well) { return false; }
    } while (take(','));
    if (!take('}')) { return false; }
  }
  --depth_;
  return true;
}

template <class OnItem>
bool JsonScanner::array(OnItem&& on_item) {
  if (!take('[') || ++depth_ > deepest) { return false; }
  if (!take(']')) {
    do {
      if (!on_item()) { return false; }
    } while (take(','));
    if (!take(']')) { return false; }
  }
  --depth_;
  return true;
}

}  // namespace loadgen::llm
