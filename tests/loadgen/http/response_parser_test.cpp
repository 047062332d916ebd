#include "loadgen/http/response_parser.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

namespace {

using loadgen::http::ResponseParser;

struct Read {
  std::string body{};
  std::size_t taken = 0;
  int status = 0;
  bool done = false;
  bool failed = false;
  bool whole = false;  // once the peer closed
  bool keep_alive = false;
  bool event_stream = false;
  bool operator==(const Read&) const = default;
};

// In pieces of `step` bytes.
Read read(ResponseParser& parser, std::string_view bytes, std::size_t step, bool head_request = false) {
  Read result;
  parser.reset(head_request);
  while (result.taken < bytes.size()) {
    const std::string_view piece = bytes.substr(result.taken, step);
    const std::size_t taken = parser.take(piece, [&](std::string_view part) { result.body += part; });
    result.taken += taken;
    if (taken < piece.size()) { break; }
  }
  result.failed = parser.failed();
  result.done = parser.done();
  result.whole = parser.end_of_input();
  if (parser.head_done()) {
    result.status = parser.status();
    result.keep_alive = parser.keep_alive();
    result.event_stream = parser.is_event_stream();
  }
  return result;
}

// How much of a malformed response was taken before the flaw showed is nobody's business.
Read without_place(Read result) {
  if (result.failed) { result.taken = 0; }
  return result;
}

Read read(std::string_view bytes, bool head_request = false) {
  ResponseParser parser;
  const Read whole = read(parser, bytes, bytes.size() + 1, head_request);
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{64}}) {
    CAPTURE(step, std::string{bytes.substr(0, 200)});
    CHECK(without_place(read(parser, bytes, step, head_request)) == without_place(whole));
  }
  // The second time the header is known.
  CHECK(read(parser, bytes, bytes.size() + 1, head_request) == whole);
  CHECK(read(parser, bytes, bytes.size() + 1, head_request) == whole);
  return whole;
}

std::string flaw_of(std::string_view bytes) {
  ResponseParser parser;
  read(parser, bytes, bytes.size() + 1);
  INFO(std::string{bytes});
  CHECK(parser.failed());
  CHECK(read(bytes).failed);
  return std::string{parser.flaw()};
}

std::string ok(std::string_view fields, std::string_view body = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

}  // namespace

TEST_CASE("A response with a length ends with its last byte, and leaves what follows alone", "[loadgen][http]") {
  const std::string response = ok("Content-Length: 5\r\n", "hello");
  const Read result = read(response + "HTTP/1.1 500");
  CHECK(result.done);
  CHECK(result.taken == response.size());
  CHECK(result.body == "hello");
  CHECK(result.status == 200);
  CHECK(result.keep_alive);
  CHECK(read(ok("content-LENGTH:\t 0 \t\r\n")).done);
}

TEST_CASE("A response that ends too early is neither done nor malformed", "[loadgen][http]") {
  for (const std::string& cut :
       {std::string{"HT"}, std::string{"HTTP/1.1 200 OK\r\n"}, ok("Content-Length: 5\r\n", "hell"),
        ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"),
        ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n")}) {
    const Read result = read(cut);
    CHECK_FALSE(result.done);
    CHECK_FALSE(result.failed);
    CHECK_FALSE(result.whole);
  }
  ResponseParser parser;
  parser.reset();
  CHECK_FALSE(parser.end_of_input());
  CHECK_FALSE(parser.started());
  parser.take("H", [](std::string_view) {});
  CHECK(parser.started());
  CHECK_FALSE(parser.head_done());
}

TEST_CASE("A body without a length ends where the connection does", "[loadgen][http]") {
  const Read result = read(ok("", "some bytes"));
  CHECK_FALSE(result.done);
  CHECK(result.whole);
  CHECK(result.body == "some bytes");
  CHECK_FALSE(result.keep_alive);
}

TEST_CASE("Chunks are put together, their extensions and the trailer left out", "[loadgen][http]") {
  const Read result =
      read(ok("transfer-encoding: Chunked\r\n",
              "5\r\nhello\r\n01;a=\"b\";c\r\n,\r\n6  \r\n world\r\n0;last\r\nExpires: never\r\nX: \r\n\r\n!"));
  CHECK(result.done);
  CHECK(result.body == "hello, world");
  CHECK(result.keep_alive);
  CHECK(read(ok("Transfer-Encoding: chunked\r\n", "A\r\n0123456789\r\n000\r\n\r\n")).body == "0123456789");
}

TEST_CASE("Broken chunks are malformed", "[loadgen][http]") {
  const auto flaw = [](std::string_view body) { return flaw_of(ok("Transfer-Encoding: chunked\r\n", body)); };
  CHECK(flaw("x\r\n") == "chunk size 'x'");
  CHECK(flaw("\r\n") == "chunk size ''");
  CHECK(flaw("-5\r\n") == "chunk size '-5'");
  CHECK(flaw("5 5\r\n") == "chunk size '5 5'");
  CHECK(flaw("5\nhello\n0\n\n") == "chunk size '5'");  // RFC 9112 lets only lines of the header end in a bare LF
  CHECK(flaw("5\r\nhello!\r\n") == "a chunk that goes on beyond its size with '!'");
  CHECK(flaw("5\r\nhello\rx") == "a chunk that goes on beyond its size with 'x'");
  CHECK(flaw("10000000000000000\r\n") == "chunk size '10000000000000000'");  // 2^64
  CHECK(flaw("7000000000000000\r\n") == "chunk size '7000000000000000'");
  CHECK(flaw("5;" + std::string(5000, 'e')) == "a chunk size of over 4 KiB");
  CHECK(flaw("0\r\nno field\r\n\r\n") == "header line 'no field'");
}

TEST_CASE("Responses to HEAD, 204 and 304 have no body, whatever their header says", "[loadgen][http]") {
  const Read head = read(ok("Content-Length: 5\r\n", "HTTP/"), true);
  CHECK(head.done);
  CHECK(head.body.empty());
  CHECK(read(ok("Transfer-Encoding: chunked\r\n"), true).done);
  CHECK(read("HTTP/1.1 204 No Content\r\n\r\n").done);
  CHECK(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n").done);
  CHECK(read("HTTP/1.1 304 Not Modified\r\n\r\n").keep_alive);
}

TEST_CASE("A remembered header is not taken for one whose request was a HEAD", "[loadgen][http]") {
  ResponseParser parser;
  const std::string response = ok("Content-Length: 5\r\n", "hello");
  CHECK(read(parser, response, 1000).body == "hello");
  CHECK(read(parser, response, 1000, true).body.empty());
  CHECK(read(parser, response, 1000).body == "hello");
}

TEST_CASE("Interim responses are skipped with all that they say", "[loadgen][http]") {
  const Read result = read(
      "HTTP/1.1 100 Continue\r\nConnection: close\r\nContent-Length: 7\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nContent-Type: text/event-stream\r\n\r\n" +
      ok("Content-Length: 2\r\n", "ok"));
  CHECK(result.done);
  CHECK(result.status == 200);
  CHECK(result.body == "ok");
  CHECK(result.keep_alive);
  CHECK_FALSE(result.event_stream);
  test_support::check_says(flaw_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
                           "a switch of protocols");
  std::string endless;
  while (endless.size() <= ResponseParser::longest_head) { endless += "HTTP/1.1 100 Continue\r\n\r\n"; }
  CHECK(flaw_of(endless) == "a header of over 64 KiB");
}

TEST_CASE("Whether the connection stays open is what version and Connection say together", "[loadgen][http]") {
  const auto stays_open = [](std::string_view version, std::string_view fields) {
    const Read result =
        read("HTTP/" + std::string{version} + " 200 OK\r\nContent-Length: 0\r\n" + std::string{fields} + "\r\n");
    CHECK(result.done);
    return result.keep_alive;
  };
  CHECK(stays_open("1.1", ""));
  CHECK(stays_open("1.1", "Connection: keep-alive\r\n"));
  CHECK(stays_open("1.1", "Connection: closed\r\n"));
  CHECK_FALSE(stays_open("1.1", "Connection: CLOSE\r\n"));
  CHECK_FALSE(stays_open("1.1", "connection: X-Other ,close\r\n"));
  CHECK_FALSE(stays_open("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  CHECK_FALSE(stays_open("1.0", ""));
  CHECK(stays_open("1.0", "Connection: Keep-Alive\r\n"));
  CHECK_FALSE(stays_open("1.0", "Connection: keep-alive, close\r\n"));
  CHECK(stays_open("1.2", ""));  // a later minor version is read as the last one known (RFC 9110, 2.5)
}

TEST_CASE("Where a response ends must not be open to dispute", "[loadgen][http]") {
  CHECK(read(ok("Content-Length: 2\r\nContent-Length: 2\r\n", "ok")).done);
  CHECK(flaw_of(ok("Content-Length: 2\r\nContent-Length: 3\r\n")) == "a second, different content-length '3'");
  CHECK(flaw_of(ok("Content-Length: -1\r\n")) == "content-length '-1'");
  CHECK(flaw_of(ok("Content-Length: +1\r\n")) == "content-length '+1'");
  CHECK(flaw_of(ok("Content-Length: 1, 1\r\n")) == "content-length '1, 1'");
  CHECK(flaw_of(ok("Content-Length: 0x1\r\n")) == "content-length '0x1'");
  CHECK(flaw_of(ok("Content-Length:\r\n")) == "an empty content-length");
  CHECK(flaw_of(ok("Content-Length: 18446744073709551617\r\n")) == "content-length '18446744073709551617'");
  CHECK(flaw_of(ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")) ==
        "transfer-encoding together with content-length");
  CHECK(flaw_of(ok("Transfer-Encoding: gzip, chunked\r\n")) == "transfer-encoding 'gzip, chunked'");
  CHECK(flaw_of(ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) == "transfer-encoding 'chunked'");
  CHECK(flaw_of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == "transfer-encoding in HTTP/1.0");
}

TEST_CASE("A status line is a version, a blank and three digits", "[loadgen][http]") {
  for (const char* line : {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 999 Odd \xC3\xA9", "HTTP/1.1 200 OK\tor so"}) {
    CHECK_FALSE(read(std::string{line} + "\r\n\r\n").failed);
  }
  for (const char* line : {"HTTP/1.1 2x0", "HTTP/2 200", "HTTP/1.1  200", "HTTP/1.1 20", "HTTP/1.1 2000",
                           "HTTP/1.x 200", "HTTP/1.1 099", "http/1.1 200", "ICY 200 OK", "", " HTTP/1.1 200"}) {
    test_support::check_says(flaw_of(std::string{line} + "\r\n\r\n"), "status line '");
  }
  CHECK(flaw_of("HTTP/1.1 2x0\r\n\r\n") == "status line 'HTTP/1.1 2x0'");
  test_support::check_says(flaw_of("HTTP/1.1 200 \x1B[2J\r\n\r\n"), "a control character in 'HTTP/1.1 200 \\x1b'");
}

TEST_CASE("Who speaks another protocol is known by the first byte that is wrong, without a line end",
          "[loadgen][http]") {
  ResponseParser parser;
  for (const std::string_view bytes : {std::string_view{"SSH-2.0-OpenSSH_9.2"},
                                       std::string_view{"\x15\x03\x01\x00\x02", 5}, std::string_view{"HTTP/2"}}) {
    parser.reset();
    parser.take(bytes, [](std::string_view) {});
    CHECK(parser.failed());
  }
}

TEST_CASE("Header lines are a name, a colon and no control characters", "[loadgen][http]") {
  CHECK_FALSE(read(ok("X-A_b.c!#$%&'*+^`|~0: \xC3\xA9\t\x80\r\nEmpty:\r\n")).failed);
  CHECK(flaw_of(ok("no colon\r\n")) == "header line 'no colon'");
  CHECK(flaw_of(ok("nocolon\r\n")) == "header line 'nocolon'");
  CHECK(flaw_of(ok(": no name\r\n")) == "header line ': no name'");
  CHECK(flaw_of(ok("Name : value\r\n")) == "header line 'Name : value'");
  CHECK(flaw_of(ok("A: b\r\n folded\r\n")) == "header line ' folded'");
  CHECK(flaw_of(ok("A: b\r\n\tfolded\r\n")) == "header line '\\tfolded'");
  CHECK(flaw_of(ok("A: b\rC: d\r\n")) == "a control character in 'A: b\\r'");
  CHECK(flaw_of(ok("A: b\r\r\n")) == "a control character in 'A: b\\r'");
  test_support::check_says(flaw_of("HTTP/1.1 200 OK\r\nA: b\rC"), "a control character in 'A: b\\r'");
  test_support::check_says(flaw_of(ok(std::string{"A: \0\r\n", 6})), "a control character in 'A: \\x00'");
}

TEST_CASE("Lines of a header may end in a bare LF", "[loadgen][http]") {
  const Read result = read("HTTP/1.1 200 OK\nContent-Length: 2\r\nA: b\n\nok");
  CHECK(result.done);
  CHECK(result.body == "ok");
}

TEST_CASE("A header of 64 KiB is read, a larger one is malformed", "[loadgen][http]") {
  const auto with_header_of = [](std::size_t size) {
    const std::string frame = ok("A: \r\nContent-Length: 2\r\n");
    return ok("A: " + std::string(size - frame.size(), 'x') + "\r\nContent-Length: 2\r\n", "ok");
  };
  CHECK(read(with_header_of(ResponseParser::longest_head)).body == "ok");
  CHECK(flaw_of(with_header_of(ResponseParser::longest_head + 1)) == "a header of over 64 KiB");
  CHECK(flaw_of("HTTP/1.1 200 " + std::string(70'000, 'x')) == "a header of over 64 KiB");
  CHECK(flaw_of(ok("Transfer-Encoding: chunked\r\n", "0\r\nA: " + std::string(70'000, 'x'))) ==
        "a header of over 64 KiB");
}

TEST_CASE("An event stream is known by its type alone, not by what else stands there", "[loadgen][http]") {
  const auto is_event_stream = [](std::string_view type) {
    return read(ok("Content-Type: " + std::string{type} + "\r\nContent-Length: 0\r\n")).event_stream;
  };
  CHECK(is_event_stream("text/event-stream"));
  CHECK(is_event_stream("Text/Event-Stream ; charset=utf-8"));
  CHECK_FALSE(is_event_stream("text/event-streams"));
  CHECK_FALSE(is_event_stream("application/json"));
  CHECK_FALSE(read(ok("Content-Length: 0\r\n")).event_stream);
}

TEST_CASE("Responses follow one another on one parser, each on its own", "[loadgen][http]") {
  const std::string first =
      ok("Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n");
  const std::string second = "HTTP/1.0 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";
  const std::string third = ok("Content-Length: 1\r\n", "c");
  ResponseParser parser;
  std::vector<int> statuses;
  std::string bodies;
  const std::string all = first + second + "x" + third;
  std::string_view rest = all;
  for (int i = 0; i < 3; ++i) {
    parser.reset();
    CHECK(parser.flaw().empty());
    rest.remove_prefix(parser.take(rest, [&](std::string_view piece) { bodies += piece; }));
    if (parser.failed()) { rest = third; }
    statuses.push_back(parser.done() ? parser.status() : -1);
  }
  CHECK(statuses == std::vector<int>{200, 503, -1});
  CHECK(bodies == "abusy");
  parser.reset();
  parser.take(third, [&](std::string_view piece) { bodies += piece; });
  CHECK(parser.done());
  CHECK(bodies == "abusyc");
  CHECK_FALSE(parser.is_event_stream());
}

TEST_CASE("A body of more than 4 GiB is counted, not kept", "[loadgen][http]") {
  ResponseParser parser;
  parser.reset();
  parser.take(ok("Content-Length: 5000000000\r\n"), [](std::string_view) {});
  const std::string piece(10'000'000, 'x');
  std::uint64_t body_bytes = 0;
  for (int i = 0; i < 500; ++i) {
    CHECK_FALSE(parser.done());
    parser.take(piece, [&](std::string_view part) { body_bytes += part.size(); });
  }
  CHECK(parser.done());
  CHECK(body_bytes == 5'000'000'000);
}
