#include "tests/support/servers/behaviours.hpp"

#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace fault_server {
namespace {

constexpr std::string_view small_json = R"({"ok":true,"message":"hello from the fault server"})";
constexpr std::string_view json_type = "application/json";

void ok(Conversation& peer, const Request&, Shared&) { peer.send(response(200, json_type, small_json)); }

// ---- Time ----

void delay(Conversation& peer, const Request& request, Shared& shared) {
  sleep_until(request.arrived + milliseconds(request.number("ms", 20)));
  ok(peer, request, shared);
}

void exponential(Conversation& peer, const Request& request, Shared& shared) {
  sleep_until(request.arrived + milliseconds(shared.exponential(request.number("mean_ms", 10))));
  ok(peer, request, shared);
}

void slots(Conversation& peer, const Request& request, Shared& shared) {
  const auto count = static_cast<std::size_t>(request.number("n", 4));
  sleep_until(shared.served_by_slots(count, milliseconds(request.number("ms", 10))));
  ok(peer, request, shared);
}

void freeze(Conversation& peer, const Request& request, Shared& shared) {
  const Clock::duration every = milliseconds(request.number("every_ms", 10'000));
  const Clock::duration length = milliseconds(request.number("length_ms", 1'000));
  const Clock::duration from = milliseconds(request.number("from_ms", 5'000));
  const Clock::duration since = shared.since_first_request(request.arrived);
  if (since >= from && (since - from) % every < length) {
    sleep_until(request.arrived + (length - (since - from) % every));
  }
  ok(peer, request, shared);
}

// ---- Connections that end ----

void close_after(Conversation& peer, const Request& request, Shared& shared) {
  ok(peer, request, shared);
  if (static_cast<double>(peer.answered + 1) >= request.number("n", 100)) { peer.close(); }
}

void reset_before(Conversation& peer, const Request&, Shared&) { peer.reset(); }

void reset_mid_body(Conversation& peer, const Request& request, Shared&) {
  peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning");
  // A reset overtakes what the client has not read yet.
  sleep_until(Clock::now() + milliseconds(request.number("ms", 30)));
  peer.reset();
}

void truncated(Conversation& peer, const Request&, Shared&) {
  peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning");
  peer.close();
}

// ---- Responses without end ----

void slow_loris(Conversation& peer, const Request& request, Shared&) {
  const std::string text = response(200, json_type, small_json);
  for (std::size_t i = 0; i < text.size(); ++i) {
    peer.send(std::string_view{text}.substr(i, 1));
    sleep_until(Clock::now() + milliseconds(request.number("ms", 1'000)));
  }
}

void never_ending(Conversation& peer, const Request&, Shared&) {
  peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string kilobyte(1024, 'x');
  for (;;) {
    peer.send_chunk(kilobyte);
    sleep_until(Clock::now() + milliseconds(10));
  }
}

void huge(Conversation& peer, const Request& request, Shared&) {
  const auto megabytes = static_cast<std::int64_t>(request.number("mb", 1'000));
  peer.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", megabytes * 1'000'000));
  const std::string megabyte(1'000'000, 'x');
  for (std::int64_t i = 0; i < megabytes; ++i) { peer.send(megabyte); }
}

// ---- Bytes that are wrong ----

// What a careless server says when something is wrong: all that it was told.
void leak(Conversation& peer, const Request& request, Shared&) {
  const std::size_t found = request.head.find("Authorization: ");
  const std::size_t header = found == std::string::npos ? 0 : found;
  const std::size_t end = request.head.find("\r\n", header);
  peer.send(fmt::format("HTTP/1.1 {}\r\n\r\n", request.head.substr(header, end - header)));
  peer.close();
}

void garbage(Conversation& peer, const Request&, Shared&) {
  peer.send("\x16\x03\x01 220 mail.example ESMTP \xff\xfe\r\n\r\n");
  peer.close();
}

// ?say=12abc: that as the length. Otherwise a length that is too small: what is too much looks like a response of its
// own, which a client that trusts it takes for the answer to its next request.
void wrong_length(Conversation& peer, const Request& request, Shared&) {
  const std::string say = request.text("say", "");
  if (say.empty()) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 418 Smuggled\r\nContent-Length: 0\r\n\r\n");
  } else {
    peer.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nok", say));
  }
}

void bad_chunk(Conversation& peer, const Request&, Shared&) {
  peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n");
}

void invalid_utf8(Conversation& peer, const Request&, Shared&) {
  const std::string_view body = "{\"text\":\"\xff\xfe\xc0\xaf\"}";
  peer.send(fmt::format("HTTP/1.1 200 \xc3\x28\r\nX-Name: \xff\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
}

// ---- What was asked ----

void status(Conversation& peer, const Request& request, Shared&) {
  peer.send(response(static_cast<int>(request.number("code", 503)), json_type, R"({"error":"as asked"})"));
}

void echo(Conversation& peer, const Request& request, Shared& shared) {
  shared.note(request);
  peer.send(response(200, "text/plain", request.head + request.body));
}

void seen(Conversation& peer, const Request&, Shared& shared) { peer.send(response(200, json_type, shared.seen())); }

void count(Conversation& peer, const Request&, Shared& shared) {
  peer.send(response(200, "text/plain", fmt::format("{}", shared.count())));
}

}  // namespace

Clock::time_point Shared::served_by_slots(std::size_t slots, Clock::duration service) {
  const std::scoped_lock lock{mutex_};
  // Inside the lock, so that the order of arrivals is the order of the lock.
  const Clock::time_point now = Clock::now();
  while (free_at_.size() < slots) { free_at_.push(now); }
  const Clock::time_point end = std::max(now, free_at_.top()) + service;
  free_at_.pop();
  free_at_.push(end);
  return end;
}

double Shared::exponential(double mean) {
  const std::scoped_lock lock{mutex_};
  return std::exponential_distribution<double>{1 / mean}(chance_);
}

Clock::duration Shared::since_first_request(Clock::time_point now) {
  const std::scoped_lock lock{mutex_};
  if (!first_request_) { first_request_ = now; }
  return now - *first_request_;
}

void Shared::note(const Request& request) {
  const std::scoped_lock lock{mutex_};
  if (!first_request_) { first_request_ = request.arrived; }
  noted_.push_back(request);
}

std::string Shared::seen() const {
  const std::scoped_lock lock{mutex_};
  boost::json::array all;
  for (const Request& request : noted_) {
    all.push_back(boost::json::object{{"target", request.target},
                                      {"head", request.head},
                                      {"body", request.body},
                                      {"at_ns", std::chrono::nanoseconds{request.arrived - *first_request_}.count()}});
  }
  return boost::json::serialize(all);
}

Behaviour behaviour(std::string_view path) {
  static const std::map<std::string_view, Behaviour> table{
      {"/ok", ok},
      {"/delay", delay},
      {"/exp", exponential},
      {"/slots", slots},
      {"/freeze", freeze},
      {"/close-after", close_after},
      {"/reset-before", reset_before},
      {"/reset-mid-body", reset_mid_body},
      {"/truncated", truncated},
      {"/slow-loris", slow_loris},
      {"/never-ending", never_ending},
      {"/huge", huge},
      {"/leak", leak},
      {"/garbage", garbage},
      {"/wrong-length", wrong_length},
      {"/bad-chunk", bad_chunk},
      {"/invalid-utf8", invalid_utf8},
      {"/status", status},
      {"/echo", echo},
      {"/seen", seen},
      {"/count", count},
      {"/sse", event_stream},
      {"/v1/chat/completions", event_stream},
      {"/v1/completions", event_stream},
  };
  const auto found = table.find(path);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace fault_server
