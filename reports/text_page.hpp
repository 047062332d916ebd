// What every report for a terminal is made of: headings, paragraphs and lists, at most 100 columns wide.
//
//  * `TextStyle`  colour or not
//  * `TextPage`   collects the lines
//
// Paragraphs and lists take texts from anywhere: what a terminal would obey is taken out (reports::plain).
//
// Example:
//   TextPage page{{.colour = true}};
//   page.heading("VERDICT");
//   page.paragraph(verdict, 2, TextPage::bold);
//   return std::move(page).text();
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/table.hpp"

namespace reports {

struct TextStyle {
  bool colour = false;  // the caller knows whether a terminal reads it and whether NO_COLOR is set
};

class TextPage {
 public:
  static constexpr std::size_t columns = 100;
  static constexpr std::string_view bold = "\x1b[1m";
  static constexpr std::string_view red = "\x1b[31m";
  static constexpr std::string_view green = "\x1b[32m";

  explicit TextPage(TextStyle style) : style_{style} {}

  void heading(std::string_view words);
  void paragraph(std::string_view words, std::size_t indent, std::string_view colour = "",
                 std::string_view bullet = "");
  void items(const std::vector<std::string>& lines, std::size_t indent);
  void list(std::string_view words, const std::vector<std::string>& lines);  // nothing when there are no lines
  void table(const Table& table, std::size_t indent) { out_ += table.text(indent, columns); }
  void verbatim(std::string_view line);  // one line, however long: it is there to be pasted
  std::string text() && { return std::move(out_); }

 private:
  TextStyle style_;
  std::string out_;
};

}  // namespace reports
