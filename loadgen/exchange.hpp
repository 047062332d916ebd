// One request and what came back for it: from bytes and times to an outcome. It knows no socket and no clock.
//
//  * `ExchangeRules`  what counts as an answer
//  * `Exchange`       one conversation after another on the same connection
//
// Of a stream, the first token is the first piece of text of any channel, timed when the bytes that hold it were read;
// gaps between pieces go to the window as they come, also of a stream that breaks later. A stream that ends without
// "[DONE]" or a finish_reason is truncated, one with an error event malformed. Servers call their streams many things:
// what does not begin as a JSON object is taken for the stream that was asked for, whatever its Content-Type.
//
// Example:
//   exchange.begin(request, sent_ns, false);
//   if (exchange.take(bytes, now_ns, window) == Exchange::State::ended) finish(exchange.outcome());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "loadgen/http/response_parser.hpp"
#include "loadgen/llm/answer_reader.hpp"
#include "loadgen/llm/event_parser.hpp"
#include "loadgen/load_plan.hpp"
#include "loadgen/outcome.hpp"
#include "loadgen/window.hpp"

namespace loadgen {

struct ExchangeRules {
  int lowest_status = 200;
  int highest_status = 299;
  std::optional<llm::Api> api{};  // none: bodies are not looked at
  bool wants_stream = true;
};

class Exchange {
 public:
  enum class State { going, ended };

  explicit Exchange(const ExchangeRules& rules);

  void begin(const PlannedRequest& request, std::int64_t sent_ns, bool is_head);
  // Bytes that were read at `now_ns`. Ended: `outcome` is known.
  State take(std::string_view bytes, std::int64_t now_ns, Window& window);
  // The peer closed, or the connection broke. Without a byte of the response: reset.
  void connection_ended();

  bool started() const { return response_.started(); }
  bool keep_alive() const { return response_.done() && response_.keep_alive() && !has_extra_bytes_; }
  const PlannedRequest& request() const { return request_; }
  std::int64_t sent_ns() const { return sent_ns_; }

  // Of an exchange that ended.
  Outcome outcome() const { return outcome_; }
  std::string_view said() const { return said_; }  // why it failed, for people
  // Times and tokens of an answered stream go to the window.
  void settle(Window& window) const;
  std::int64_t tokens() const;
  bool has_usage() const { return usage_.has_value(); }
  bool has_text() const { return pieces_ > 0; }

 private:
  enum class BodyKind { unknown, stream, whole };
  void take_body(std::string_view piece, std::int64_t now_ns, Window& window);
  void take_event(std::string_view data, std::int64_t now_ns, Window& window);
  void judge();
  void fail(Outcome outcome, std::string_view why);

  ExchangeRules rules_;
  http::ResponseParser response_;
  llm::EventParser events_;
  llm::AnswerReader answer_;
  PlannedRequest request_{};
  std::int64_t sent_ns_ = 0;
  std::int64_t first_piece_ns_ = 0;
  std::int64_t last_piece_ns_ = 0;
  std::int64_t pieces_ = 0;
  std::optional<llm::Usage> usage_;
  BodyKind body_kind_ = BodyKind::unknown;
  bool finished_ = false;  // the stream's end mark, or a finish_reason
  bool has_extra_bytes_ = false;
  std::optional<Outcome> failure_;  // found before the response ended
  Outcome outcome_ = Outcome::answered;
  std::string whole_body_;  // of an answer that is no stream
  std::string said_;
};

}  // namespace loadgen
