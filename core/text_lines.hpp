// Reads foreign formats that consist of lines, with errors that name the line.
//
//  * `TextLines`      the lines of a text, one by one
//  * `split`, `trim`  the fields of a line
//  * `parse_decimal`, `parse_count`, `parse_seconds`  numbers that the C library's locale cannot change
//  * `quoted`         a stranger's text for an error message: short and printable
//
// Example:
//   core::TextLines lines{"load.hlog", text};
//   while (const auto line = lines.next()) {
//     if (line->empty()) { throw lines.error("an empty line", "an interval"); }   // "load.hlog:7: found …"
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "core/yaml_reader.hpp"

namespace core {

class TextLines {
 public:
  // The text must outlive this. A byte order mark before the first line is no part of it.
  TextLines(std::string name, std::string_view text);
  // More lines of the same file, once there are no more of the last text; that one may go away.
  void go_on(std::string_view text) { rest_ = text; }
  // The next line without its end (LF or CR LF) and without blanks around it.
  std::optional<std::string_view> next();
  std::string where() const;  // "load.hlog:7"
  // "load.hlog:7: found …, expected …"
  ConfigError error(std::string_view found, std::string_view expected) const;

 private:
  std::string name_;
  std::string_view rest_;
  std::int64_t number_ = 0;
};

std::string_view trim(std::string_view text);  // without blanks and tabs around it
std::vector<std::string_view> split(std::string_view line, char separator);
std::vector<std::string_view> words(std::string_view line);  // split at any number of blanks and tabs

// Digits with at most one point: "0.127", "12". No sign, exponent, infinity or NaN. Exactly rounded up to 15
// significant digits.
std::optional<double> parse_decimal(std::string_view text);
// Digits only, below 2^63.
std::optional<std::int64_t> parse_count(std::string_view text);
// Decimal seconds to the nearest nanosecond, below 2^63 of them (292 years).
std::optional<Duration> parse_seconds(std::string_view text);

std::string quoted(std::string_view text);  // 'text', at most 40 characters of it

}  // namespace core
