#include "loadgen/http/response_parser.hpp"

#include <limits>

#include "loadgen/byte_search.hpp"
#include "loadgen/http/line_text.hpp"
#include "loadgen/quote.hpp"

namespace loadgen::http {
namespace {

// Larger lengths are malformed. Nobody means them, and ten or sixteen times a tenth or a sixteenth of it does not
// overflow.
constexpr std::uint64_t longest_body = std::uint64_t{1} << 62;

constexpr std::size_t longest_kept = 4096;  // bytes of a header that the next one is compared with

constexpr std::string_view status_line_begin = "HTTP/1.";
bool is_begin_of_status_line(std::string_view text) {
  return text.substr(0, status_line_begin.size()) == status_line_begin.substr(0, text.size());
}

// A buffer that one strange response made large is not kept for all that follow.
void forget(std::string& buffer) {
  constexpr std::size_t usual = 4096;
  if (buffer.capacity() > usual) { std::string{}.swap(buffer); }
  buffer.clear();
}

}  // namespace

void ResponseParser::reset(bool head_request) {
  state_ = State::status_line;
  head_request_ = head_request;
  started_ = head_done_ = keep_alive_ = event_stream_ = false;
  http_1_0_ = chunked_ = has_length_ = says_close_ = says_keep_alive_ = chunk_end_begun_ = false;
  status_ = 0;
  left_ = 0;
  lines_left_ = longest_head;
  forget(cut_line_);
  flaw_.clear();
}

bool ResponseParser::end_of_input() {
  if (state_ == State::rest) { state_ = State::done; }
  return done();
}

void ResponseParser::fail(std::string_view what) {
  state_ = State::failed;
  flaw_ = what;
}

void ResponseParser::fail(std::string_view what, std::string_view found) {
  fail(what);
  flaw_ += ' ' + quote(found);
}

void ResponseParser::take_head(std::string_view& bytes) {
  if (bytes.empty()) { return; }
  const bool fresh = !started_;
  started_ = true;
  if (fresh && !last_.bytes.empty() && last_.head_request == head_request_ && bytes.starts_with(last_.bytes)) {
    bytes.remove_prefix(last_.bytes.size());
    head_done_ = true;
    status_ = last_.status;
    keep_alive_ = last_.keep_alive;
    event_stream_ = last_.event_stream;
    left_ = last_.left;
    state_ = last_.state;
    lines_left_ = longest_chunk_line;
    return;
  }
  const std::string_view all = bytes;
  while (state_ < State::chunk_size && !bytes.empty()) { take_line(bytes); }
  const std::size_t size = all.size() - bytes.size();
  if (fresh && head_done_ && size <= longest_kept) {
    last_.bytes = all.substr(0, size);
    last_.head_request = head_request_;
    last_.keep_alive = keep_alive_;
    last_.event_stream = event_stream_;
    last_.state = state_;
    last_.status = status_;
    last_.left = left_;
  }
}

void ResponseParser::take_lines(std::string_view& bytes) {
  while (state_ < State::body && !bytes.empty()) {
    if (state_ == State::chunk_end) {
      take_chunk_end(bytes);
    } else {
      take_line(bytes);
    }
  }
}

// A line ends in LF or CR LF; no other control character may stand in it. Each byte is looked at as it comes, so a cut
// line holds none but perhaps a CR at its end.
void ResponseParser::take_line(std::string_view& bytes) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* const stop = first_control(begin, end);
  const bool after_return = cut_line_.ends_with('\r');
  const bool whole = stop != end && (*stop == '\n' || (*stop == '\r' && end - stop > 1 && stop[1] == '\n'));
  const bool maybe_cut = stop == end || (*stop == '\r' && end - stop == 1);
  const auto taken = static_cast<std::size_t>(whole ? stop - begin + (*stop == '\n' ? 1 : 2) : end - begin);
  if (taken > lines_left_) {
    return fail(state_ == State::chunk_size ? "a chunk size of over 4 KiB" : "a header of over 64 KiB");
  }
  if (!(whole || maybe_cut) || (after_return && *begin != '\n')) {
    return fail("a control character in", bytes.substr(0, static_cast<std::size_t>(stop - begin) + 1));
  }
  lines_left_ -= taken;
  bytes.remove_prefix(taken);
  if (maybe_cut) {
    cut_line_.append(begin, end);
    // Whoever speaks another protocol may never send a line end: say so at once.
    if (state_ == State::status_line && !is_begin_of_status_line(cut_line_)) { fail("status line", cut_line_); }
    return;
  }
  const bool has_return = *stop == '\r' || after_return;
  std::string_view line{begin, static_cast<std::size_t>(stop - begin)};
  if (!cut_line_.empty()) {
    cut_line_ += line;
    line = cut_line_;
    if (after_return) { line.remove_suffix(1); }
  }
  end_of_line(line, has_return);
  cut_line_.clear();
}

void ResponseParser::take_chunk_end(std::string_view& bytes) {
  if (!chunk_end_begun_) {
    if (bytes.front() != '\r') { return fail("a chunk that goes on beyond its size with", bytes.substr(0, 1)); }
    chunk_end_begun_ = true;
    bytes.remove_prefix(1);
    if (bytes.empty()) { return; }
  }
  if (bytes.front() != '\n') { return fail("a chunk that goes on beyond its size with", bytes.substr(0, 1)); }
  bytes.remove_prefix(1);
  chunk_end_begun_ = false;
  begin_chunk_size();
}

void ResponseParser::begin_chunk_size() {
  state_ = State::chunk_size;
  lines_left_ = longest_chunk_line;
}

void ResponseParser::end_of_line(std::string_view line, bool has_return) {
  if (state_ == State::status_line) {
    read_status_line(line);
  } else if (state_ == State::chunk_size) {
    read_chunk_size(line, has_return);
  } else if (!line.empty()) {
    read_field(line);
  } else if (state_ == State::field) {
    end_of_head();
  } else {
    state_ = State::done;  // the trailer's end
  }
}

// "HTTP/1.1 200 OK". Servers leave the reason out, and then often the blank before it, too.
void ResponseParser::read_status_line(std::string_view line) {
  constexpr std::size_t code = status_line_begin.size() + 2;
  if (line.size() < code + 3 || !line.starts_with(status_line_begin) || !is_digit(line[code - 2]) ||
      line[code - 1] != ' ' || line[code] < '1' || line[code] > '9' || !is_digit(line[code + 1]) ||
      !is_digit(line[code + 2]) || (line.size() > code + 3 && line[code + 3] != ' ')) {
    return fail("status line", line);
  }
  http_1_0_ = line[code - 2] == '0';
  status_ = 100 * (line[code] - '0') + 10 * (line[code + 1] - '0') + (line[code + 2] - '0');
  if (status_ == 101) { return fail("a switch of protocols that nobody asked for", line); }
  state_ = State::field;
}

void ResponseParser::read_field(std::string_view line) {
  const std::size_t colon = name_size(line);
  if (colon == 0 || colon == line.size() || line[colon] != ':') { return fail("header line", line); }
  if (state_ == State::trailer) { return; }
  // The lengths of those that matter tell most others apart.
  if (colon == 10 || colon == 12 || colon == 14 || colon == 17) {
    read_known_field(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
}

void ResponseParser::read_known_field(std::string_view name, std::string_view value) {
  if (is_word(name, "content-length")) {
    std::uint64_t length = 0;
    for (const char c : value) {
      if (!is_digit(c) || length > longest_body / 10) { return fail("content-length", value); }
      length = 10 * length + static_cast<std::uint64_t>(c - '0');
    }
    if (value.empty()) { return fail("an empty content-length"); }
    if (has_length_ && length != left_) { return fail("a second, different content-length", value); }
    has_length_ = true;
    left_ = length;
  } else if (is_word(name, "transfer-encoding")) {
    if (chunked_ || !is_word(value, "chunked")) { return fail("transfer-encoding", value); }
    chunked_ = true;
  } else if (is_word(name, "content-type")) {
    event_stream_ = is_word(trimmed(value.substr(0, value.find(';'))), "text/event-stream");
  } else if (is_word(name, "connection")) {
    while (!value.empty()) {
      const std::string_view option = value.substr(0, value.find(','));
      value.remove_prefix(std::min(value.size(), option.size() + 1));
      says_close_ = says_close_ || is_word(trimmed(option), "close");
      says_keep_alive_ = says_keep_alive_ || is_word(trimmed(option), "keep-alive");
    }
  }
}

void ResponseParser::end_of_head() {
  if (chunked_ && has_length_) { return fail("transfer-encoding together with content-length"); }
  if (chunked_ && http_1_0_) { return fail("transfer-encoding in HTTP/1.0"); }
  if (status_ < 200) {
    http_1_0_ = chunked_ = has_length_ = says_close_ = says_keep_alive_ = event_stream_ = false;
    left_ = 0;
    state_ = State::status_line;
    return;
  }
  head_done_ = true;
  keep_alive_ = !says_close_ && (!http_1_0_ || says_keep_alive_);
  if (head_request_ || status_ == 204 || status_ == 304) {
    state_ = State::done;
  } else if (chunked_) {
    begin_chunk_size();
  } else if (has_length_) {
    state_ = left_ > 0 ? State::body : State::done;
  } else {
    left_ = std::numeric_limits<std::uint64_t>::max();
    keep_alive_ = false;
    state_ = State::rest;
  }
}

// "1f" CR, "1F;name=value" CR.
void ResponseParser::read_chunk_size(std::string_view line, bool has_return) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
    if (size > longest_body / 16) { return fail("chunk size", line); }
    size = 16 * size + static_cast<std::uint64_t>(hex_digit(line[digits]));
  }
  // An extension, or blanks that some servers fill up with.
  const std::string_view rest = trimmed(line.substr(digits));
  if (digits == 0 || !has_return || (!rest.empty() && rest.front() != ';')) { return fail("chunk size", line); }
  left_ = size;
  state_ = size > 0 ? State::chunk : State::trailer;
  if (size == 0) { lines_left_ = longest_head; }
}

}  // namespace loadgen::http
