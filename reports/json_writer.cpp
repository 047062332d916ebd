#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "core/utf8.hpp"
#include "reports/json_io.hpp"

namespace reports {

void JsonWriter::open(char bracket) {
  text_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket, bool one_line) {
  --depth_;
  if (!first_ && !one_line) {
    text_ += '\n';
    text_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  }
  text_ += bracket;
  first_ = false;
}

void JsonWriter::begin_item(bool one_line) {
  if (!first_) text_ += ',';
  if (one_line) {
    if (!first_) text_ += ' ';
  } else {
    text_ += '\n';
    text_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  }
  first_ = false;
}

void JsonWriter::begin_member(std::string_view key) {
  begin_item(false);
  put_text(key);
  text_ += ": ";
}

void JsonWriter::put_text(std::string_view text) {
  text_ += '"';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    switch (c) {
      case '"':
        text_ += "\\\"";
        break;
      case '\\':
        text_ += "\\\\";
        break;
      case '\n':
        text_ += "\\n";
        break;
      case '\r':
        text_ += "\\r";
        break;
      case '\t':
        text_ += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) text_ += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else if (static_cast<unsigned char>(c) < 0x80) text_ += c;
        else at += put_character(text.substr(at)) - 1;
    }
  }
  text_ += '"';
}

// A server may have said anything, and a file with bytes that are no UTF-8 would be no JSON.
std::size_t JsonWriter::put_character(std::string_view text) {
  const std::size_t length = core::utf8::sequence_length(text);
  if (length == 0) text_ += '?';
  else text_ += text.substr(0, length);
  return std::max(length, std::size_t{1});
}

void JsonWriter::put_plain(bool value) { text_ += value ? "true" : "false"; }
void JsonWriter::put_plain(std::int32_t value) { text_ += fmt::format("{}", value); }
void JsonWriter::put_plain(std::int64_t value) { text_ += fmt::format("{}", value); }
void JsonWriter::put_plain(std::uint64_t value) { text_ += fmt::format("{}", value); }
void JsonWriter::put_plain(core::Int128 value) { put_text(fmt::format("{}", value)); }
void JsonWriter::put_plain(double value) {
  // JSON has no word for them, and no figure of ours may become one.
  if (!std::isfinite(value)) throw std::logic_error{"a figure of the result is not a finite number"};
  text_ += fmt::format("{}", value);
}

}  // namespace reports
