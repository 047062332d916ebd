#include "reports/table.hpp"

#include <algorithm>

namespace reports {
namespace {

constexpr std::size_t gap = 2;        // blanks between two columns
constexpr std::size_t narrowest = 8;  // what a flexible column keeps at least

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }  // of a UTF-8 sequence

std::string cut(const std::string& text, std::size_t width) {
  if (display_width(text) <= width) return text;
  std::size_t bytes = 0;
  for (std::size_t seen = 0; bytes < text.size(); ++bytes) {
    if (continues(text[bytes])) continue;
    if (++seen == width) break;
  }
  return text.substr(0, bytes) + "…";
}

}  // namespace

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string Table::text(std::size_t indent, std::size_t width) const {
  std::vector<std::size_t> widths(alignment_.size(), 0);
  for (const auto& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], display_width(cells[i]));
  }
  std::size_t total = indent + gap * (widths.size() - 1);
  for (const std::size_t w : widths) total += w;
  std::size_t excess = total > width ? total - width : 0;
  const auto give = [&](std::size_t& column) {
    const std::size_t less = std::min(excess, column - std::min(column, narrowest));
    column -= less;
    excess -= less;
  };
  give(widths[flexible_]);
  // Texts in other columns give way when that is not enough; figures never.
  while (excess > 0) {
    const std::size_t before = excess;
    std::size_t widest = flexible_;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (alignment_[i] == 'l' && widths[i] > widths[widest]) widest = i;
    }
    give(widths[widest]);
    if (excess == before) break;
  }
  std::string out;
  for (const auto& cells : rows_) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell = cut(cells[i], widths[i]);
      const std::string padding(widths[i] - display_width(cell), ' ');
      if (i > 0) line.append(gap, ' ');
      line += alignment_[i] == 'r' ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string wrapped(std::string_view paragraph, std::size_t indent, std::size_t width, std::string_view bullet) {
  const std::string margin(indent + display_width(bullet), ' ');
  std::string out;
  std::string line = std::string(indent, ' ') + std::string{bullet};
  bool empty = true;  // the line holds no word yet
  std::size_t at = 0;
  while (at < paragraph.size()) {
    const std::size_t end = std::min(paragraph.find(' ', at), paragraph.size());
    const std::string_view word = paragraph.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (!empty && display_width(line) + 1 + display_width(word) > width) {
      out += line + '\n';
      line = margin;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return out + line + '\n';
}

std::string plain(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // C1 controls are two bytes in UTF-8; some terminals take U+009B for an escape sequence.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    if (c1 || byte < 0x20 || byte == 0x7F) safe += '?';
    else safe += text[i];
  }
  return safe;
}

}  // namespace reports
