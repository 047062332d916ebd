// Reads server-sent events out of a response's body (the event stream format of the WHATWG's HTML standard,
// section 9.2).
//
//  * `EventParser`  hands out the data and the type of each event
//
// The bytes may be cut anywhere, one piece may hold many events: the events are those of the whole. Lines end in LF,
// CR LF or CR; lines of data are joined by LF; comments, `id` and `retry` are skipped; a byte order mark at the very
// start is no part of the stream; an event that the stream's end cuts off is none. Bytes that are not UTF-8 are handed
// on as they are.
//
// An event of one data line that lies whole in the piece, which is nearly every one, is handed out where it is: without
// a copy or an allocation. Memory otherwise: one line and the data of one event, at most `longest_event` bytes each.
//
// Example:
//   loadgen::llm::EventParser events;
//   response.take(bytes, [&](std::string_view piece) {
//     events.take(piece, [&](std::string_view data, std::string_view type) { … });
//   });
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace loadgen::llm {

class EventParser {
 public:
  // Of a line, and of the data of an event. A server that sends more, or never ends a line, makes the stream fail.
  static constexpr std::size_t longest_event = std::size_t{1024} * 1024;

  void reset();  // before each stream but the first

  // Calls `on_event(std::string_view data, std::string_view type)` at the end of each event; both are valid only during
  // the call. The type is "message" unless the event says otherwise. Takes nothing once it failed.
  template <class OnEvent>
  void take(std::string_view bytes, OnEvent&& on_event);

  bool failed() const { return !flaw_.empty(); }
  std::string_view flaw() const { return flaw_; }  // for people

 private:
  static const char* find(const char* at, const char* end, char c) {
    const void* found = std::memchr(at, c, static_cast<std::size_t>(end - at));
    return found == nullptr ? end : static_cast<const char*>(found);
  }
  bool is_data(std::string_view line, std::string_view& value);        // sees to lines of other kinds by itself
  bool is_other_data(std::string_view line, std::string_view& value);  // the same for what begins unlike "data:"
  bool cut(std::string_view part);                                     // adds to the begin of a line; false: too long
  void keep(std::string_view value);                                   // adds a line to data_
  void fail();

  std::string cut_line_;  // the begin of a line whose end has not come yet
  std::string data_;      // of the event, line by line, unless it is one line that is still in the piece
  std::string type_;
  std::string_view flaw_;
  bool has_data_ = false;
  bool first_line_ = true;
  bool after_carriage_return_ = false;  // a LF at the begin of the next piece belongs to the line before
};

inline bool EventParser::is_data(std::string_view line, std::string_view& value) {
  constexpr std::string_view name = "data:";
  if (first_line_ || !line.starts_with(name)) { return is_other_data(line, value); }
  value = line.substr(name.size());
  if (value.starts_with(' ')) { value.remove_prefix(1); }
  return true;
}

template <class OnEvent>
void EventParser::take(std::string_view bytes, OnEvent&& on_event) {
  if (bytes.empty() || failed()) { return; }
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  if (after_carriage_return_ && *at == '\n') { ++at; }
  after_carriage_return_ = false;

  // The next line end of either kind, looked for again only when it is passed: each byte is searched once for each,
  // whatever mixture of them a server sends.
  const char* line_feed = find(at, end, '\n');
  const char* carriage_return = find(at, end, '\r');
  std::string_view held;  // the only line of data so far, while it lies in this piece
  bool holds = false;

  while (at != end) {
    if (line_feed < at) { line_feed = find(at, end, '\n'); }
    if (carriage_return < at) { carriage_return = find(at, end, '\r'); }
    const char* const stop = line_feed < carriage_return ? line_feed : carriage_return;
    std::string_view line{at, static_cast<std::size_t>(stop - at)};
    const bool was_cut = !cut_line_.empty();
    if (was_cut || stop == end) {
      if (!cut(line)) { return; }
      if (stop == end) { break; }
      line = cut_line_;
    } else if (line.size() > longest_event) {
      return fail();
    }
    at = stop + 1;
    if (stop == carriage_return) {
      after_carriage_return_ = at == end;
      if (at != end && *at == '\n') { ++at; }
    }

    if (std::string_view value; line.empty()) {
      if (holds || has_data_) {
        on_event(holds ? held : std::string_view{data_}, type_.empty() ? std::string_view{"message"} : type_);
      }
      holds = has_data_ = first_line_ = false;
      data_.clear();
      type_.clear();
    } else if (is_data(line, value)) {
      if (!holds && !has_data_ && !was_cut) {
        held = value;
        holds = true;
      } else {
        if (holds) { keep(held); }
        holds = false;
        keep(value);
        if (failed()) { return; }
      }
    }
    cut_line_.clear();
  }
  if (holds) { keep(held); }
}

}  // namespace loadgen::llm
