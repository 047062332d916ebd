// The load generator's parsers: how much of a request's 5 us, nearly all spent in the system, is ours, and how many
// token events a second one core reads out of streams?
//
// An HTTP response of about 250 bytes, read whole, against Boost.Beast's parser. A streamed answer (chunked coding,
// server-sent events, JSON) of 1,000 token events of about 200 bytes, in reads of 64 KiB, against a floor that only
// looks for the begin of a token with memmem, which is less than any right parser must do.
//
// The arithmetic: 200 bytes through one memmem are about 10 ns; the chunk, the event, the comparison with the last
// event each walk over them once more.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "bench/measure.hpp"
#include "loadgen/http/response_parser.hpp"
#include "loadgen/llm/answer_reader.hpp"
#include "loadgen/llm/event_parser.hpp"

namespace {

constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx/1.22.1\r\n"
    "Date: Tue, 01 Dec 2026 12:00:00 GMT\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 14\r\n"
    "Last-Modified: Mon, 30 Nov 2026 08:00:00 GMT\r\n"
    "Connection: keep-alive\r\n"
    "ETag: \"692bf680-e\"\r\n"
    "Accept-Ranges: bytes\r\n"
    "\r\n"
    "Hello, world!\n";
constexpr std::string_view body = "Hello, world!\n";
constexpr std::size_t responses = 2'000'000;

void require(bool condition, const char* what) {
  if (condition) { return; }
  fmt::print(stderr, "{}\n", what);
  std::exit(1);
}

double read_with_beast() {
  namespace http = boost::beast::http;
  constexpr std::size_t count = responses / 10;
  std::size_t body_bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    boost::system::error_code error;
    parser.put(boost::asio::buffer(response.data(), response.size()), error);
    require(!error && parser.is_done() && parser.keep_alive(), "Beast does not read the response");
    body_bytes += parser.get().body().size();
  }
  require(body_bytes == count * body.size(), "Beast reads another body");
  return static_cast<double>(count);
}

// In turns each of the texts, so that with two of them no header is the last one's.
double read_responses(const std::vector<std::string>& texts) {
  loadgen::http::ResponseParser parser;
  std::size_t body_bytes = 0;
  for (std::size_t i = 0; i < responses; ++i) {
    parser.reset();
    parser.take(texts[i % texts.size()], [&](std::string_view piece) { body_bytes += piece.size(); });
    require(parser.done() && parser.keep_alive(), "the response is not read");
  }
  require(body_bytes == responses * body.size(), "another body is read");
  return static_cast<double>(responses);
}

// The ways in which the events of a stream differ from one another.
enum class Change { text_only, also_padding };

constexpr int tokens = 1000;

std::string stream(Change change) {
  std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
      "Connection: keep-alive\r\n\r\n";
  const auto chunk = [&](std::string_view data) {
    text += fmt::format("{:x}\r\ndata: {}\n\n\r\n", data.size() + 8, data);
  };
  constexpr std::string_view head =
      R"("id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"mock")";
  chunk(fmt::format(
      R"({{{},"choices":[{{"index":0,"delta":{{"role":"assistant","content":""}},"finish_reason":null}}]}})", head));
  for (int i = 0; i < tokens; ++i) {
    const std::string padding = change == Change::also_padding ? fmt::format(R"(,"obfuscation":"{:06d}")", i) : "";
    chunk(fmt::format(R"({{{},"choices":[{{"index":0,"delta":{{"content":" tok"}},"finish_reason":null}}]{}}})", head,
                      padding));
  }
  chunk(fmt::format(R"({{{},"choices":[{{"index":0,"delta":{{}},"finish_reason":"length"}}]}})", head));
  chunk(fmt::format(R"({{{},"choices":[],"usage":{{"prompt_tokens":7,"completion_tokens":{},"total_tokens":{}}}}})",
                    head, tokens, tokens + 7));
  chunk("[DONE]");
  return text + "0\r\n\r\n";
}

constexpr int streams = 500;
constexpr std::size_t read_size = 65'536;

double find_tokens(const std::string& text) {
  constexpr std::string_view mark = R"("content":" )";
  int found = 0;
  for (int i = 0; i < streams; ++i) {
    for (std::size_t at = 0; at < text.size(); at += read_size) {
      const char* begin = text.data() + at;
      const char* const end = text.data() + std::min(text.size(), at + read_size);
      while (const void* hit = memmem(begin, static_cast<std::size_t>(end - begin), mark.data(), mark.size())) {
        begin = static_cast<const char*>(hit) + mark.size();
        ++found;
      }
    }
  }
  require(found > streams * (tokens - 20), "tokens are not found");  // one is lost where a read cuts it
  return static_cast<double>(streams) * tokens;
}

double read_streams(const std::string& text) {
  static loadgen::http::ResponseParser response_parser;
  static loadgen::llm::EventParser events;
  static loadgen::llm::AnswerReader answer{loadgen::llm::Api::chat};
  int found = 0;
  for (int i = 0; i < streams; ++i) {
    response_parser.reset();
    events.reset();
    answer.reset();
    bool done = false;
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(rest.size(), read_size))) {
      response_parser.take(rest.substr(0, read_size), [&](std::string_view piece) {
        events.take(piece, [&](std::string_view data, std::string_view /*type*/) {
          const loadgen::llm::Piece said = answer.read(data);
          found += said.has_text ? 1 : 0;
          done = done || said.done;
        });
      });
    }
    require(done && response_parser.done(), "the stream is not read");
  }
  require(found == streams * tokens, "other tokens are read");
  return static_cast<double>(streams) * tokens;
}

}  // namespace

int main() {
  fmt::print("# load generator's parsers, {} build, one core\n", BUILD_TYPE);
  fmt::print("# a response of {} bytes, whole\n", response.size());
  std::string next_second{response};
  next_second[next_second.find("12:00:00") + 7] = '1';
  std::vector<bench::Contestant> of_responses{
      {.name = "response-beast", .run = read_with_beast},
      {.name = "response", .run = [&] { return read_responses({std::string{response}}); }},
      {.name = "response-each-another",
       .run =
           [&] {
             return read_responses({std::string{response}, next_second});
           }},
  };
  bench::in_turns(of_responses, 7);
  bench::print(of_responses);

  const std::string alike = stream(Change::text_only);
  const std::string padded = stream(Change::also_padding);
  fmt::print("# token events of {} bytes; padded: each also differs behind its text\n", alike.size() / tokens);
  std::vector<bench::Contestant> of_streams{
      {.name = "tokens-memmem", .run = [&] { return find_tokens(alike); }},
      {.name = "tokens", .run = [&] { return read_streams(alike); }},
      {.name = "tokens-padded", .run = [&] { return read_streams(padded); }},
  };
  bench::in_turns(of_streams, 7);
  bench::print(of_streams);
}
