#include "loadgen/llm/event_parser.hpp"

#include <algorithm>

namespace loadgen::llm {
namespace {

// A buffer that one strange stream made large is not kept for all that follow.
void forget(std::string& buffer) {
  constexpr std::size_t usual = 4096;
  if (buffer.capacity() > usual) { std::string{}.swap(buffer); }
  buffer.clear();
}

}  // namespace

void EventParser::reset() {
  forget(cut_line_);
  forget(data_);
  forget(type_);
  flaw_ = {};
  has_data_ = false;
  first_line_ = true;
  after_carriage_return_ = false;
}

bool EventParser::is_other_data(std::string_view line, std::string_view& value) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (first_line_ && line.starts_with(byte_order_mark)) { line.remove_prefix(byte_order_mark.size()); }
  first_line_ = false;
  // A comment's name is empty; a line without a colon is a name with an empty value.
  const std::string_view name = line.substr(0, line.find(':'));
  value = line.substr(std::min(line.size(), name.size() + 1));
  if (value.starts_with(' ')) { value.remove_prefix(1); }
  if (name == "event") { type_ = value; }
  return name == "data";
}

bool EventParser::cut(std::string_view part) {
  if (cut_line_.size() + part.size() > longest_event) {
    fail();
    return false;
  }
  cut_line_ += part;
  return true;
}

void EventParser::keep(std::string_view value) {
  if (has_data_) { data_ += '\n'; }
  if (data_.size() + value.size() > longest_event) { return fail(); }
  data_ += value;
  has_data_ = true;
}

void EventParser::fail() { flaw_ = "an event of over 1 MiB"; }

}  // namespace loadgen::llm
