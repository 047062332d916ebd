#include "loadgen/exchange.hpp"

#include <memory>

#include "tests/support/catch.hpp"

using namespace loadgen;

namespace {

constexpr std::int64_t ms = 1'000'000;

std::string with_length(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string event(const std::string& json) { return "data: " + json + "\n\n"; }
std::string text(const std::string& words) {
  return event(R"({"choices":[{"index":0,"delta":{"content":")" + words + R"("},"finish_reason":null}]})");
}
const std::string role = event(R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})");
const std::string usage = event(R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}})");
const std::string done = event("[DONE]");
const std::string stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";  // ends with the connection

struct Conversation {
  explicit Conversation(const ExchangeRules& rules) : exchange{rules} {
    exchange.begin({.at_ns = 2 * ms}, 3 * ms, false);
  }
  Exchange::State hear(std::string_view bytes, std::int64_t now_ns) { return exchange.take(bytes, now_ns, *window); }
  std::int64_t p50(Metric metric) const { return window->of(metric).value_at_quantile(0.5) / ms; }
  std::int64_t count(Metric metric) const { return window->of(metric).total_count(); }

  Exchange exchange;
  std::unique_ptr<Window> window = std::make_unique<Window>(stream_metrics);
};

const ExchangeRules plain{};
const ExchangeRules chat{.api = llm::Api::chat};

}  // namespace

TEST_CASE("A whole response with an expected status is an answer", "[exchange]") {
  Conversation talk{plain};
  const std::string response = with_length(200, "hello");
  CHECK(talk.hear(response.substr(0, 20), 5 * ms) == Exchange::State::going);
  CHECK(talk.exchange.started());
  CHECK(talk.hear(response.substr(20), 6 * ms) == Exchange::State::ended);
  CHECK(talk.exchange.outcome() == Outcome::answered);
  CHECK(talk.exchange.keep_alive());
}

TEST_CASE("What is no answer is told apart", "[exchange]") {
  const auto outcome_of = [](const ExchangeRules& rules, const std::string& bytes) {
    Conversation talk{rules};
    if (bytes.empty() || talk.hear(bytes, 5 * ms) == Exchange::State::going) talk.exchange.connection_ended();
    return std::pair{talk.exchange.outcome(), std::string{talk.exchange.said()}};
  };
  CHECK(outcome_of(plain, "") == std::pair{Outcome::reset, std::string{"the connection ended before a response"}});
  CHECK(outcome_of(plain, with_length(503, "busy")) == std::pair{Outcome::status, std::string{"status 503"}});
  CHECK(outcome_of(plain, "SSH-2.0-OpenSSH\r\n").first == Outcome::malformed);
  CHECK(outcome_of(plain, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort").first == Outcome::truncated);
  CHECK(outcome_of(plain, "HTTP/1.1 200 OK\r\n\r\nup to the end").first == Outcome::answered);
  CHECK(outcome_of(plain, with_length(200, "a") + "more") ==
        std::pair{Outcome::malformed, std::string{"bytes behind the end of the response"}});
  CHECK(outcome_of({.lowest_status = 404, .highest_status = 404}, with_length(404, "")).first == Outcome::answered);
  // Of a stream.
  CHECK(outcome_of(chat, stream_head + role + text("a") + done).first == Outcome::answered);
  CHECK(outcome_of(chat, stream_head + role + text("a")).first == Outcome::truncated);
  CHECK(outcome_of(chat, stream_head + text("a") + event(R"({"error":{"message":"overloaded"}})") + done).first ==
        Outcome::malformed);
  CHECK(outcome_of(chat, stream_head + event("{no json") + done).first == Outcome::malformed);
  CHECK(
      outcome_of(chat, stream_head + text("a") + "event: error\ndata: {\"detail\":\"overloaded\"}\n\n" + done).second ==
      "an event of the type 'error'");
  // A finish_reason is an end mark as good as [DONE].
  CHECK(outcome_of(chat, stream_head + event(R"({"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]})"))
            .first == Outcome::answered);
  // A refusal is a status, whatever its body looks like.
  CHECK(outcome_of(chat, with_length(429, "{\"error\":{}}")).first == Outcome::status);
}

TEST_CASE("The first token counts from the plan and from the send, and not from the role", "[exchange]") {
  Conversation talk{chat};  // planned at 2 ms, sent at 3 ms
  talk.hear(stream_head + role, 10 * ms);
  talk.hear(text("a"), 50 * ms);
  talk.hear(text("b"), 60 * ms);
  talk.hear(text("c"), 80 * ms);
  talk.hear(usage + done, 81 * ms);
  talk.exchange.connection_ended();
  REQUIRE(talk.exchange.outcome() == Outcome::answered);
  talk.exchange.settle(*talk.window);
  CHECK(talk.p50(Metric::time_to_first_token) == 48);
  CHECK(talk.p50(Metric::first_token_from_send) == 47);
  CHECK(talk.count(Metric::inter_token) == 2);
  CHECK(talk.window->of(Metric::inter_token).min() / ms == 9);  // the lowest of 10 ms's bucket
  CHECK(talk.window->of(Metric::inter_token).max() / ms == 20);
  // 9 tokens by usage, though in 3 events: (80 - 50) / (9 - 1).
  CHECK(talk.window->of(Metric::time_per_token).max() / 10'000 == 375);
  CHECK(talk.window->counts.tokens == 9);
  CHECK(talk.window->counts.token_events == 3);
}

TEST_CASE("Without usage, events are counted in the place of tokens", "[exchange]") {
  Conversation talk{chat};
  talk.hear(stream_head + text("a") + text("b") + done, 50 * ms);
  talk.exchange.connection_ended();
  CHECK(talk.exchange.tokens() == 2);
  CHECK_FALSE(talk.exchange.has_usage());
}

TEST_CASE("An answer in one piece tells its tokens, too", "[exchange]") {
  Conversation talk{chat};
  const std::string body =
      R"({"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":5}})";
  CHECK(talk.hear(with_length(200, body, "Content-Type: application/json\r\n"), 9 * ms) == Exchange::State::ended);
  CHECK(talk.exchange.outcome() == Outcome::answered);
  CHECK(talk.exchange.tokens() == 5);
}

TEST_CASE("A stream is a stream whatever it is called, and JSON without an answer is none", "[exchange]") {
  const auto heard = [](const std::string& type, const std::string& body) {
    Conversation talk{chat};
    talk.hear("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n", 10 * ms);
    talk.hear(body.substr(0, 1), 20 * ms);  // the first byte alone decides
    talk.hear(body.substr(1), 30 * ms);
    talk.exchange.connection_ended();
    return std::pair{talk.exchange.outcome(), talk.exchange.tokens()};
  };
  const std::string body =
      R"({"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":1,"completion_tokens":5}})";
  CHECK(heard("text/plain", text("a") + text("b") + done) == std::pair{Outcome::answered, std::int64_t{2}});
  CHECK(heard("text/plain", body) == std::pair{Outcome::answered, std::int64_t{5}});
  CHECK(heard("application/json", R"({"ok":true})").first == Outcome::malformed);
  CHECK(heard("text/html", "<html>") == std::pair{Outcome::truncated, std::int64_t{0}});
}

TEST_CASE("A second request on the same connection remembers nothing of the first", "[exchange]") {
  Conversation talk{chat};
  talk.hear(stream_head + text("a") + event("{broken"), 50 * ms);
  REQUIRE(talk.exchange.outcome() == Outcome::malformed);
  talk.exchange.begin({.at_ns = 60 * ms}, 60 * ms, false);
  talk.hear(stream_head + text("b") + done, 70 * ms);
  talk.exchange.connection_ended();
  CHECK(talk.exchange.outcome() == Outcome::answered);
  CHECK(talk.exchange.tokens() == 1);
  CHECK(talk.exchange.said().empty());
}
