// A table for a terminal: columns as wide as their widest cell, one of them cut where the line would be too long.
//
//  * `Table`   rows of cells, each column aligned left or right
//  * `wrapped` a paragraph broken at words, later lines indented
//  * `plain`   a text from a file without anything that a terminal would obey
//
// Widths count code points, not bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

class Table {
 public:
  // 'l' or 'r' per column; `flexible` is the column that gives way, with … at its end; after it, the widest left one.
  Table(std::string alignment, std::size_t flexible) : alignment_{std::move(alignment)}, flexible_{flexible} {}

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Lines of at most `width` columns, each indented and without blanks at its end.
  std::string text(std::size_t indent, std::size_t width) const;

 private:
  std::string alignment_;
  std::size_t flexible_;
  std::vector<std::vector<std::string>> rows_;
};

std::string wrapped(std::string_view paragraph, std::size_t indent, std::size_t width, std::string_view bullet = "");
std::string plain(std::string_view text);
std::size_t display_width(std::string_view text);

}  // namespace reports
