// Reads the HTTP/1.1 responses of a connection, one after another, from bytes as they come off the socket.
//
//  * `ResponseParser`  status and body of one response; `reset` makes it ready for the next
//
// The bytes may be cut anywhere: the result is that of the whole. A header that lies whole in one piece is read where
// it is; only a line that is cut goes through a buffer, so that nothing is allocated per response. (250 bytes take
// 10 ns when their header is that of the response before, else 140 ns; the system takes 5 us to send a request and to
// bring the answer.)
//
// By RFC 9112, and where it leaves a choice:
//  * A line of the header or the trailer may end in a bare LF (section 2.2), a chunk's size may not.
//  * Interim responses (1xx) are skipped; 101 is malformed, for nobody asked to switch protocols.
//  * Malformed, because two readers could disagree about where the response ends: Transfer-Encoding with Content-Length
//    or in HTTP/1.0, any coding but `chunked`, Content-Length that is no number or differs from an earlier one, a
//    folded line, a blank before the colon, a control character in a line.
//  * Chunk extensions and trailers are read and forgotten.
//  * HTTP/1.1 stays open without `Connection: close`, HTTP/1.0 only with `keep-alive`; a body without any length ends
//    where the connection does.
// Contents are not decoded (Content-Encoding): ask for none.
//
// Memory: one cut line, at most `longest_head` bytes, and a header of at most 4 KiB.
//
// Example:
//   loadgen::http::ResponseParser response;
//   response.reset();
//   while (!response.done() && !response.failed()) {
//     const std::string_view bytes = read_some(socket);                                // empty: the peer closed
//     if (bytes.empty()) { return response.end_of_input() ? "whole" : "truncated"; }
//     response.take(bytes, [&](std::string_view piece) { body_bytes += piece.size(); });
//   }
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::http {

class ResponseParser {
 public:
  // Bytes of status line and fields, interim responses counted in; of the trailer as well.
  static constexpr std::size_t longest_head = std::size_t{64} * 1024;
  static constexpr std::size_t longest_chunk_line = std::size_t{4} * 1024;  // a chunk's size and its extensions

  // Before each response but the first. The response to a HEAD request has no body, whatever its header says.
  void reset(bool head_request = false);

  // Hands pieces of the body to `sink(std::string_view)`, chunked coding undone; a piece is never empty and valid only
  // during the call. Returns how many of the bytes belong to this response: all, unless it ended before (`done`: the
  // rest is what nobody asked for yet) or is malformed (`failed`).
  template <class Sink>
  std::size_t take(std::string_view bytes, Sink&& sink);

  // The peer closed: whether the response is whole with that. It is not when bytes are missing: then it is truncated,
  // or never began.
  bool end_of_input();

  bool started() const { return started_; }  // any byte was seen
  bool head_done() const { return head_done_; }
  bool done() const { return state_ == State::done; }
  bool failed() const { return state_ == State::failed; }
  std::string_view flaw() const { return flaw_; }  // what is malformed, for people: "status line 'HTTP/1.1 2x0'"

  // Of a header that is done.
  int status() const { return status_; }
  bool keep_alive() const { return keep_alive_; }
  bool is_event_stream() const { return event_stream_; }  // Content-Type: text/event-stream

 private:
  // In this order: lines, pieces of the body, ends. `rest`: a body that ends where the connection does.
  enum class State : std::uint8_t {
    status_line,
    field,
    chunk_size,
    chunk_end,
    trailer,
    body,
    rest,
    chunk,
    done,
    failed
  };

  // Each takes away what it read of the bytes.
  void take_head(std::string_view& bytes);
  void take_lines(std::string_view& bytes);
  void take_line(std::string_view& bytes);
  void take_chunk_end(std::string_view& bytes);
  void end_of_line(std::string_view line, bool has_return);
  void read_status_line(std::string_view line);
  void read_field(std::string_view line);
  void read_known_field(std::string_view name, std::string_view value);
  void read_chunk_size(std::string_view line, bool has_return);
  void end_of_head();
  void begin_chunk_size();
  void fail(std::string_view what);
  void fail(std::string_view what, std::string_view found);

  State state_ = State::status_line;
  bool head_request_ = false;
  bool started_ = false;
  bool head_done_ = false;
  bool keep_alive_ = false;
  bool event_stream_ = false;
  // Of the header that is being read: what it said so far.
  bool http_1_0_ = false;
  bool chunked_ = false;
  bool has_length_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  bool chunk_end_begun_ = false;
  int status_ = 0;
  std::uint64_t left_ = 0;                 // bytes of the body or the chunk that are still to come
  std::size_t lines_left_ = longest_head;  // bytes that lines may still take
  std::string cut_line_;                   // the begin of a line whose end has not come yet
  std::string flaw_;

  // The last header that lay whole in one piece, and what came of it: most responses of a server within one second
  // begin with the very same bytes, and to compare is several times quicker than to read.
  struct Head {
    std::string bytes;
    bool head_request = false;
    bool keep_alive = false;
    bool event_stream = false;
    State state = State::done;
    int status = 0;
    std::uint64_t left = 0;
  };
  Head last_;
};

template <class Sink>
std::size_t ResponseParser::take(std::string_view bytes, Sink&& sink) {
  const std::size_t size = bytes.size();
  if (state_ < State::chunk_size) { take_head(bytes); }
  while (!bytes.empty() && state_ < State::done) {
    if (state_ < State::body) {
      take_lines(bytes);
      continue;
    }
    const std::string_view piece =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
    bytes.remove_prefix(piece.size());
    left_ -= piece.size();
    // The state first: `sink` may look at it.
    if (left_ == 0) { state_ = state_ == State::chunk ? State::chunk_end : State::done; }
    sink(piece);
  }
  return size - bytes.size();
}

}  // namespace loadgen::http
