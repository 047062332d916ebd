#include "loadgen/llm/answer_reader.hpp"

#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "loadgen/llm/json_scanner.hpp"
#include "loadgen/quote.hpp"

namespace loadgen::llm {
namespace {

constexpr std::size_t longest_shown = 200;  // characters of a server's error message
constexpr std::size_t longest_kept = 4096;  // bytes of an event that the next one is compared with

bool is_end_mark(std::string_view data) {
  while (data.ends_with(' ')) { data.remove_suffix(1); }
  return data == "[DONE]";
}

// One pass over one answer.
class Scan {
 public:
  Scan(std::string_view answer, Api api, std::string_view message) : json_{answer}, api_{api}, message_{message} {}

  Piece piece{};             // but for has_text
  std::string_view error{};  // the message of an error
  // The last string that is text, empty or not, and whether one before it is not empty.
  std::string_view text{};
  bool has_slot = false;
  bool other_text = false;

  bool run() {
    if (json_.next() != '{') { return false; }
    return json_.object([this](std::string_view key) { return top_member(key); }) && json_.at_end();
  }

  Piece result() const {
    Piece whole = piece;
    whole.has_text = other_text || !text.empty();
    return whole;
  }

 private:
  bool top_member(std::string_view key) {
    if (key == "choices") {
      return each([this] { return choice(); });
    }
    if (key == "usage") { return usage(); }
    if (key == "error") { return error_member(); }
    return json_.skip();
  }

  bool choice() {
    return members([this](std::string_view key) {
      if (key == "finish_reason") {
        piece.finished = piece.finished || json_.next() != 'n';
        return json_.skip();
      }
      if (api_ == Api::completions) { return key == "text" ? text_member() : json_.skip(); }
      return key == message_ ? message() : json_.skip();
    });
  }

  bool message() {
    return members([this](std::string_view key) {
      if (key == "content" || key == "reasoning" || key == "reasoning_content" || key == "refusal") {
        return text_member();
      }
      if (key == "tool_calls") {
        return each([this] { return tool_call(); });
      }
      return key == "function_call" ? function() : json_.skip();
    });
  }

  bool tool_call() {
    return members([this](std::string_view key) { return key == "function" ? function() : json_.skip(); });
  }

  bool function() {
    return members(
        [this](std::string_view key) { return key == "name" || key == "arguments" ? text_member() : json_.skip(); });
  }

  bool text_member() {
    if (json_.next() != '"') { return json_.skip(); }
    other_text = other_text || !text.empty();
    has_slot = true;
    return json_.string(text);
  }

  bool usage() {
    const bool went_well = members([this](std::string_view key) {
      if (key == "prompt_tokens") { return count(prompt_tokens_); }
      return key == "completion_tokens" ? count(completion_tokens_) : json_.skip();
    });
    if (prompt_tokens_ && completion_tokens_) { piece.usage = Usage{*prompt_tokens_, *completion_tokens_}; }
    return went_well;
  }

  bool count(std::optional<std::int64_t>& count) {
    std::string_view value;
    if (!json_.skip(value)) { return false; }
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, flaw] = std::from_chars(value.data(), end, number);
    if (flaw == std::errc{} && stop == end && number >= 0) { count = number; }
    return true;
  }

  bool error_member() {
    if (json_.next() == 'n') { return json_.skip(); }
    piece.error = true;
    if (json_.next() == '"') { return json_.string(error); }
    if (json_.next() != '{') { return json_.skip(error); }
    return json_.object([this](std::string_view key) {
      return key == "message" && json_.next() == '"' ? json_.string(error) : json_.skip();
    });
  }

  // A value of another kind than the one that is looked for is passed over: servers write null for "none".
  template <class OnMember>
  bool members(OnMember&& on_member) {
    return json_.next() == '{' ? json_.object(on_member) : json_.skip();
  }
  template <class OnItem>
  bool each(OnItem&& on_item) {
    return json_.next() == '[' ? json_.array(on_item) : json_.skip();
  }

  JsonScanner json_;
  Api api_;
  std::string_view message_;
  std::optional<std::int64_t> prompt_tokens_;
  std::optional<std::int64_t> completion_tokens_;
};

}  // namespace

bool AnswerReader::is_like_last(std::string_view data) const {
  const std::size_t behind = last_.size() - text_end_;
  if (last_.empty() || data.size() < text_begin_ + behind) { return false; }
  const char* const text_end = data.data() + data.size() - behind;
  // What is behind the text begins with the quote that ended the last one. It must be the first that ends this one.
  return std::memcmp(text_end, last_.data() + text_end_, behind) == 0 &&
         std::memcmp(data.data(), last_.data(), text_begin_) == 0 &&
         JsonScanner::string_end(data.data() + text_begin_, data.data() + data.size()) == text_end;
}

Piece AnswerReader::read(std::string_view data) {
  if (is_like_last(data)) {
    Piece piece = without_text_;
    piece.has_text = piece.has_text || data.size() > last_.size() - (text_end_ - text_begin_);
    return piece;
  }
  if (is_end_mark(data)) { return {.done = true}; }
  Scan scan{data, api_, "delta"};
  if (!scan.run()) { return no_object("an event", data); }
  if (scan.piece.error) { return error(scan.error); }
  if (scan.has_slot && data.size() <= longest_kept) {
    last_ = data;
    text_begin_ = static_cast<std::size_t>(scan.text.data() - data.data());
    text_end_ = text_begin_ + scan.text.size();
    without_text_ = scan.piece;
    without_text_.has_text = scan.other_text;
  }
  return scan.result();
}

Piece AnswerReader::read_whole(std::string_view json) {
  Scan scan{json, api_, "message"};
  if (!scan.run()) { return no_object("an answer", json); }
  return scan.piece.error ? error(scan.error) : scan.result();
}

Piece AnswerReader::no_object(std::string_view what, std::string_view text) {
  flaw_ = fmt::format("{} that is no JSON object: {}", what, quote(text));
  return {.error = true};
}

Piece AnswerReader::error(std::string_view message) {
  flaw_ = fmt::format("an error: {}", quote(message, longest_shown));
  return {.error = true};
}

}  // namespace loadgen::llm
