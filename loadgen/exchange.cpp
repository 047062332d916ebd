#include "loadgen/exchange.hpp"

#include <fmt/format.h>

namespace loadgen {
namespace {

// Answers that are no stream are read for their token counts; a longer one is only counted.
constexpr std::size_t longest_whole_body = std::size_t{4} * 1024 * 1024;

}  // namespace

Exchange::Exchange(const ExchangeRules& rules) : rules_{rules}, answer_{rules.api.value_or(llm::Api::chat)} {}

void Exchange::begin(const PlannedRequest& request, std::int64_t sent_ns, bool is_head) {
  request_ = request;
  sent_ns_ = sent_ns;
  response_.reset(is_head);
  has_extra_bytes_ = false;
  failure_.reset();
  said_.clear();
  if (!rules_.api) return;
  events_.reset();
  answer_.reset();
  pieces_ = 0;
  usage_.reset();
  finished_ = false;
  body_kind_ = BodyKind::unknown;
  whole_body_.clear();
}

Exchange::State Exchange::take(std::string_view bytes, std::int64_t now_ns, Window& window) {
  const std::size_t taken =
      rules_.api ? response_.take(bytes, [&](std::string_view piece) { take_body(piece, now_ns, window); })
                 : response_.take(bytes, [](std::string_view) {});
  if (response_.failed()) {
    fail(Outcome::malformed, response_.flaw());
  } else if (response_.done()) {
    has_extra_bytes_ = taken < bytes.size();
    judge();
  } else if (failure_) {
    outcome_ = *failure_;  // no need to hear the rest
  } else {
    return State::going;
  }
  return State::ended;
}

void Exchange::connection_ended() {
  if (!response_.started()) return fail(Outcome::reset, "the connection ended before a response");
  if (response_.end_of_input()) return judge();
  fail(Outcome::truncated, "the connection ended within the response");
}

void Exchange::judge() {
  const int status = response_.status();
  if (status < rules_.lowest_status || status > rules_.highest_status)
    return fail(Outcome::status, fmt::format("status {}", status));
  if (failure_) return fail(*failure_, said_);
  if (has_extra_bytes_) return fail(Outcome::malformed, "bytes behind the end of the response");
  if (rules_.api && body_kind_ != BodyKind::whole) {
    if (!finished_) return fail(Outcome::truncated, "a stream without [DONE] or a finish_reason");
  } else if (rules_.api) {
    const llm::Piece piece = answer_.read_whole(whole_body_);
    if (piece.error) return fail(Outcome::malformed, answer_.flaw());
    if (!piece.has_text && !piece.finished && !piece.usage) return fail(Outcome::malformed, "a body without an answer");
    usage_ = piece.usage;
  }
  outcome_ = Outcome::answered;
}

void Exchange::fail(Outcome outcome, std::string_view why) {
  outcome_ = outcome;
  failure_ = outcome;
  if (said_.empty()) said_ = why;
}

void Exchange::take_body(std::string_view piece, std::int64_t now_ns, Window& window) {
  const bool is_answer = response_.status() >= rules_.lowest_status && response_.status() <= rules_.highest_status;
  if (failure_ || !is_answer) return;
  if (body_kind_ == BodyKind::unknown) {
    const std::size_t first = piece.find_first_not_of(" \t\r\n");
    if (response_.is_event_stream()) body_kind_ = BodyKind::stream;
    else if (first == std::string_view::npos) return;
    else body_kind_ = rules_.wants_stream && piece[first] != '{' ? BodyKind::stream : BodyKind::whole;
  }
  if (body_kind_ == BodyKind::whole) {
    if (whole_body_.size() + piece.size() <= longest_whole_body) whole_body_ += piece;
    return;
  }
  events_.take(piece, [&](std::string_view data, std::string_view type) {
    take_event(data, now_ns, window);
    if (type == "error" && !failure_) fail(Outcome::malformed, "an event of the type 'error'");
  });
  if (events_.failed()) fail(Outcome::malformed, events_.flaw());
}

void Exchange::take_event(std::string_view data, std::int64_t now_ns, Window& window) {
  if (failure_) return;
  const llm::Piece piece = answer_.read(data);
  if (piece.error) return fail(Outcome::malformed, answer_.flaw());
  finished_ = finished_ || piece.done || piece.finished;
  if (piece.usage) usage_ = piece.usage;
  if (!piece.has_text) return;
  if (pieces_++ == 0) first_piece_ns_ = now_ns;
  else window.record(Metric::inter_token, now_ns - last_piece_ns_);
  last_piece_ns_ = now_ns;
}

std::int64_t Exchange::tokens() const { return usage_ ? usage_->completion_tokens : pieces_; }

void Exchange::settle(Window& window) const {
  window.counts.token_events += pieces_;
  window.counts.tokens += tokens();
  if (pieces_ == 0) return;
  window.record(Metric::time_to_first_token, first_piece_ns_ - request_.at_ns);
  window.record(Metric::first_token_from_send, first_piece_ns_ - sent_ns_);
  if (tokens() > 1) window.record(Metric::time_per_token, (last_piece_ns_ - first_piece_ns_) / (tokens() - 1));
}

}  // namespace loadgen
