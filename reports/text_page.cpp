#include "reports/text_page.hpp"

namespace reports {

void TextPage::heading(std::string_view words) {
  out_ += '\n';
  paragraph(words, 0, bold);
}

void TextPage::paragraph(std::string_view words, std::size_t indent, std::string_view colour, std::string_view bullet) {
  const std::string lines = wrapped(plain(words), indent, columns, bullet);
  if (!style_.colour || colour.empty()) {
    out_ += lines;
    return;
  }
  out_ += colour;
  out_.append(lines, 0, lines.size() - 1);
  out_ += "\x1b[0m\n";
}

void TextPage::items(const std::vector<std::string>& lines, std::size_t indent) {
  for (const std::string& line : lines) paragraph(line, indent, "", "- ");
}

void TextPage::list(std::string_view words, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  heading(words);
  items(lines, 2);
}

void TextPage::verbatim(std::string_view line) { out_ += "  " + plain(line) + '\n'; }

}  // namespace reports
