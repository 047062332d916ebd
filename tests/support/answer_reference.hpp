// Reads an OpenAI-compatible answer slowly: Boost.JSON finds the values, and each one's whole path says what it is.
// What the load generator's own reader is compared with.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>

#include "loadgen/llm/answer_reader.hpp"

namespace test_support {

class AnswerHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using error = boost::json::error_code;

  AnswerHandler(loadgen::llm::Api api, std::string message) : api_{api}, message_{std::move(message)} {}

  loadgen::llm::Piece piece;

  bool on_document_begin(error&) { return true; }
  bool on_document_end(error&) {
    piece.usage = prompt_ && completion_ ? std::optional{loadgen::llm::Usage{*prompt_, *completion_}} : std::nullopt;
    return true;
  }
  bool on_object_begin(error&) { return begin("{"); }
  bool on_object_end(std::size_t, error&) { return end(); }
  bool on_array_begin(error&) { return begin("["); }
  bool on_array_end(std::size_t, error&) { return end(); }
  bool on_key_part(boost::json::string_view part, std::size_t, error&) { return add(part); }
  bool on_key(boost::json::string_view part, std::size_t, error&) {
    add(part);
    path_.push_back("{" + text_);
    text_.clear();
    return true;
  }
  bool on_string_part(boost::json::string_view part, std::size_t, error&) { return add(part); }
  bool on_string(boost::json::string_view part, std::size_t, error&) {
    add(part);
    if (is_text_path() && !text_.empty()) { piece.has_text = true; }
    text_.clear();
    return value(true);
  }
  bool on_number_part(boost::json::string_view, error&) { return true; }
  bool on_int64(std::int64_t number, boost::json::string_view, error&) {
    if (number >= 0) {
      if (is({"{usage", "{prompt_tokens"})) { prompt_ = number; }
      if (is({"{usage", "{completion_tokens"})) { completion_ = number; }
    }
    return value(true);
  }
  bool on_uint64(std::uint64_t, boost::json::string_view, error&) { return value(true); }  // beyond int64: no count
  bool on_double(double, boost::json::string_view, error&) { return value(true); }
  bool on_bool(bool, error&) { return value(true); }
  bool on_null(error&) { return value(false); }
  bool on_comment_part(boost::json::string_view, error&) { return true; }
  bool on_comment(boost::json::string_view, error&) { return true; }

 private:
  bool add(boost::json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  // A value begins: an item of an array, or the member whose key was read just before.
  bool begin(const std::string& kind) {
    if (path_.empty() && kind == "[") { piece.error = true; }
    note(true);
    path_.push_back(kind);
    return true;
  }
  bool end() {
    path_.pop_back();
    return after_value();
  }
  bool value(bool not_null) {
    if (path_.empty()) { piece.error = true; }  // no object
    note(not_null);
    return after_value();
  }
  void note(bool not_null) {
    if (not_null && is({"{error"})) { piece.error = true; }
    if (not_null && is({"{choices", "[", "{finish_reason"})) { piece.finished = true; }
  }
  bool after_value() {
    if (!path_.empty() && path_.back().size() > 1) { path_.pop_back(); }  // a key
    return true;
  }
  // An object's own entry in the path is passed over, for its key says it; but not the last one, which has none yet.
  bool is(std::initializer_list<std::string_view> wanted) const {
    const std::string_view* next = wanted.begin();
    for (std::size_t i = 0; i < path_.size(); ++i) {
      if (path_[i] == "{" && i + 1 < path_.size()) { continue; }
      if (next == wanted.end() || *next++ != path_[i]) { return false; }
    }
    return next == wanted.end();
  }
  bool is_text_path() const {
    using loadgen::llm::Api;
    if (api_ == Api::completions) { return is({"{choices", "[", "{text"}); }
    const std::string message = "{" + message_;
    for (const char* channel : {"{content", "{reasoning", "{reasoning_content", "{refusal"}) {
      if (is({"{choices", "[", message, channel})) { return true; }
    }
    for (const char* part : {"{name", "{arguments"}) {
      if (is({"{choices", "[", message, "{function_call", part})) { return true; }
      if (is({"{choices", "[", message, "{tool_calls", "[", "{function", part})) { return true; }
    }
    return false;
  }

  loadgen::llm::Api api_;
  std::string message_;
  std::vector<std::string> path_;
  std::string text_;
  std::optional<std::int64_t> prompt_;
  std::optional<std::int64_t> completion_;
};

// Nothing where Boost.JSON refuses what the grammar allows: an exponent of more digits than it counts.
inline std::optional<loadgen::llm::Piece> read_slowly(std::string text, loadgen::llm::Api api, std::string message) {
  // Boost.JSON has no way to let bytes that are not UTF-8 and lone surrogates pass. Neither matters to what is looked
  // for, so both become something harmless of the same kind.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) { text[i] = '?'; }
    if (i >= 2 && (text[i] == 'd' || text[i] == 'D') && text[i - 1] == 'u' && text[i - 2] == '\\') { text[i] = '1'; }
  }
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::json::basic_parser<AnswerHandler> parser{options, api, std::move(message)};
  boost::json::error_code error;
  const std::size_t taken = parser.write_some(false, text.data(), text.size(), error);
  if (error == boost::json::error::exponent_overflow) { return std::nullopt; }
  if (error || taken < text.size() || parser.handler().piece.error) { return loadgen::llm::Piece{.error = true}; }
  return parser.handler().piece;
}

}  // namespace test_support
