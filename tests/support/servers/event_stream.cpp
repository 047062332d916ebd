// An OpenAI-shaped stream whose tokens have known times: the role at once (no token!), the first token after ttft_ms,
// then an event every itl_ms, each with per_event tokens. Deadlines are absolute, so that delays do not add up. Truth:
// TTFT = ttft, time between events = itl, end = ttft + itl × (events - 1).
#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/support/servers/behaviours.hpp"

namespace fault_server {
namespace {

struct Plan {
  bool chat = true;
  bool stream = true;
  bool usage = true;
  bool nasty = false;
  std::string fail;
  std::int64_t tokens = 0;
  std::int64_t per_event = 1;
  Clock::duration first{};
  Clock::duration between{};

  std::int64_t events() const { return (tokens + per_event - 1) / per_event; }
};

// The query says what the body leaves open. As with the real thing, `usage` comes to those who ask for it.
Plan plan_of(const Request& request) {
  Plan plan{.chat = request.path != "/v1/completions",
            .nasty = request.flag("nasty"),
            .fail = request.text("fail", ""),
            .tokens = static_cast<std::int64_t>(request.number("tokens", 16)),
            .per_event = static_cast<std::int64_t>(request.number("per_event", 1)),
            .first = milliseconds(request.number("ttft_ms", 0)),
            .between = milliseconds(request.number("itl_ms", 0))};
  boost::system::error_code bad;
  const boost::json::value body = boost::json::parse(request.body, bad);
  if (!bad && body.is_object()) {
    const boost::json::object& asked = body.as_object();
    const boost::json::value* const stream = asked.if_contains("stream");
    plan.stream = stream != nullptr && stream->is_bool() && stream->as_bool();
    if (const boost::json::value* const most = asked.if_contains("max_tokens"); most != nullptr && most->is_int64()) {
      plan.tokens = most->as_int64();
    }
    const boost::json::value* const options = asked.if_contains("stream_options");
    const boost::json::value* const include =
        options != nullptr && options->is_object() ? options->as_object().if_contains("include_usage") : nullptr;
    plan.usage = !plan.stream || (include != nullptr && include->is_bool() && include->as_bool());
  }
  if (plan.fail == "no-usage") { plan.usage = false; }
  return plan;
}

boost::json::object usage(const Plan& plan) {
  return {{"prompt_tokens", 7}, {"completion_tokens", plan.tokens}, {"total_tokens", 7 + plan.tokens}};
}

std::string words(std::int64_t count) {
  std::string text;
  for (; count > 0; --count) { text += " tok"; }
  return text;
}

// One event's JSON. `finish` is null until the last.
std::string piece(const Plan& plan, const boost::json::value& delta, const boost::json::value& finish) {
  boost::json::object choice{{"index", 0}};
  if (plan.chat) {
    choice["delta"] = delta;
  } else {
    const boost::json::value* const content = delta.as_object().if_contains("content");
    choice["text"] = content == nullptr ? boost::json::value("") : *content;
  }
  choice["finish_reason"] = finish;
  return boost::json::serialize(boost::json::object{{"id", "mock-1"},
                                                    {"object", plan.chat ? "chat.completion.chunk" : "text_completion"},
                                                    {"created", 1'700'000'000},
                                                    {"model", "mock"},
                                                    {"choices", boost::json::array{choice}}});
}

class Writer {
 public:
  Writer(Conversation& peer, bool nasty) : peer_{&peer}, nasty_{nasty} {}

  // Nasty: comments and CRLF, chunks and packets that end anywhere.
  void event(std::string_view data) {
    if (!nasty_) {
      peer_->send_chunk(fmt::format("data: {}\n\n", data));
      return;
    }
    const std::string text = fmt::format(": PROCESSING\r\n\r\ndata:{}{}\r\n\r\n", count_ % 2 == 0 ? " " : "", data);
    ++count_;
    std::string chunks;
    for (std::size_t at = 0; at < text.size(); at += 13) {
      const std::string_view part = std::string_view{text}.substr(at, 13);
      chunks += fmt::format("{:X};name=value\r\n{}\r\n", part.size(), part);
    }
    peer_->send_in_pieces(chunks, 37);
  }

 private:
  Conversation* peer_;
  bool nasty_;
  int count_ = 0;
};

void whole_answer(Conversation& peer, const Plan& plan, Clock::time_point arrived) {
  sleep_until(arrived + plan.first + plan.between * (plan.events() - 1));
  boost::json::object choice{{"index", 0}, {"finish_reason", "length"}};
  if (plan.chat) {
    choice["message"] = boost::json::object{{"role", "assistant"}, {"content", words(plan.tokens)}};
  } else {
    choice["text"] = words(plan.tokens);
  }
  const boost::json::object answer{{"id", "mock-1"},
                                   {"object", plan.chat ? "chat.completion" : "text_completion"},
                                   {"model", "mock"},
                                   {"choices", boost::json::array{choice}},
                                   {"usage", usage(plan)}};
  peer.send(response(200, "application/json", boost::json::serialize(answer)));
}

}  // namespace

void event_stream(Conversation& peer, const Request& request, Shared& shared) {
  shared.note(request);
  const Plan plan = plan_of(request);
  if (!plan.stream) {
    whole_answer(peer, plan, request.arrived);
    return;
  }
  peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n");
  Writer writer{peer, plan.nasty};
  if (plan.chat) { writer.event(piece(plan, boost::json::object{{"role", "assistant"}, {"content", ""}}, nullptr)); }
  for (std::int64_t i = 0; i < plan.events(); ++i) {
    sleep_until(request.arrived + plan.first + plan.between * i);
    if (2 * i >= plan.events() && plan.fail == "error") {
      writer.event(R"({"error":{"message":"the model fell over","type":"server_error"}})");
      peer.send_chunk("");
      return;
    }
    if (2 * i >= plan.events() && plan.fail == "leak") {
      writer.event(
          boost::json::serialize(boost::json::object{{"error", boost::json::object{{"message", request.head}}}}));
      peer.send_chunk("");
      return;
    }
    if (2 * i >= plan.events() && plan.fail == "truncate") {
      peer.close();
      return;
    }
    const std::int64_t tokens = std::min(plan.per_event, plan.tokens - i * plan.per_event);
    writer.event(piece(plan, boost::json::object{{"content", words(tokens)}}, nullptr));
  }
  if (plan.fail != "no-end") { writer.event(piece(plan, boost::json::object{}, "length")); }
  if (plan.usage) {
    writer.event(boost::json::serialize(boost::json::object{
        {"id", "mock-1"}, {"model", "mock"}, {"choices", boost::json::array{}}, {"usage", usage(plan)}}));
  }
  if (plan.fail != "no-done" && plan.fail != "no-end") { writer.event("[DONE]"); }
  peer.send_chunk("");
}

}  // namespace fault_server
