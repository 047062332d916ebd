// What an OpenAI-compatible server says in its answer: text, its end, the tokens it counted, an error.
//
//  * `Api`           whose answers
//  * `Piece`         what one event of a stream, or one whole answer, says
//  * `AnswerReader`  reads them
//
// Text is a non-empty piece of any channel: `content`, `reasoning`, `reasoning_content`, `refusal`, and the name and
// the arguments of a call of a tool or a function; not the event that only gives the role. Events are not tokens: one
// may hold several, or a part of one. Tokens are what `usage` counts.
//
// An event of 200 bytes takes about 20 ns when it differs from the one before in its text only, as they do in most
// streams, else about 150 ns. Neither allocates. Memory: one event of at most 4 KiB.
//
// Example:
//   AnswerReader answer{Api::chat};
//   const Piece piece = answer.read(data);            // the data of a server-sent event
//   if (piece.error) { return answer.flaw(); }        // "an error: 'Rate limit reached'"
//   if (piece.has_text) { token_arrived(now); }
//   if (piece.usage) { tokens = piece.usage->completion_tokens; }
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::llm {

enum class Api : std::uint8_t {
  chat,         // /v1/chat/completions: choices[].delta, or choices[].message of a whole answer
  completions,  // /v1/completions: choices[].text
};

struct Usage {
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  bool operator==(const Usage&) const = default;
};

struct Piece {
  bool has_text = false;
  bool finished = false;                      // a choice gives its finish_reason
  bool done = false;                          // "[DONE]": the stream's end mark, which is no JSON
  bool error = false;                         // an `error` that is not null, or no JSON object at all; see `flaw`
  std::optional<Usage> usage = std::nullopt;  // both counts, whole and not negative; else none
  bool operator==(const Piece&) const = default;
};

class AnswerReader {
 public:
  explicit AnswerReader(Api api) : api_{api} {}

  void reset() { flaw_.clear(); }  // before each answer but the first

  Piece read(std::string_view data);        // the data of an event
  Piece read_whole(std::string_view json);  // an answer that is no stream

  std::string_view flaw() const { return flaw_; }  // of the last piece with `error`, for people

 private:
  bool is_like_last(std::string_view data) const;
  Piece no_object(std::string_view what, std::string_view text);
  Piece error(std::string_view message);

  Api api_;
  // The last event whose text is one string, and what it would say if that string were empty. The next one mostly has
  // the same bytes before and behind its text; then it is as valid, and says the same.
  std::string last_;
  std::size_t text_begin_ = 0;
  std::size_t text_end_ = 0;
  Piece without_text_;
  std::string flaw_;
};

}  // namespace loadgen::llm
