#include "reports/block_pages.hpp"

#include <utility>

#include <fmt/format.h>

#include "reports/markdown.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

std::string markdown_row(const std::vector<std::string>& row) {
  std::string text = "|";
  for (const std::string& cell : row) text += ' ' + markdown_escaped(cell) + " |";
  return text + '\n';
}

}  // namespace

void add_blocks(TextPage& page, const std::vector<AnswerBlock>& blocks) {
  for (const AnswerBlock& block : blocks) {
    const std::string heading = upper_case(block.heading);
    page.heading(block.of.empty() ? heading : fmt::format("{} of {}", heading, block.of));
    if (!block.rows.empty()) {
      Table table{block.alignment, block.flexible};
      for (const std::vector<std::string>& row : block.rows) {
        std::vector<std::string> cells;
        for (const std::string& cell : row) cells.push_back(plain(cell));
        table.row(std::move(cells));
      }
      page.table(table, 2);
    }
    page.items(block.lines, 2);
  }
}

std::string markdown_of(const AnswerBlock& block, int level) {
  std::string text =
      fmt::format("{} {}{}{}\n\n", std::string(static_cast<std::size_t>(level), '#'), markdown_escaped(block.heading),
                  block.of.empty() ? "" : " of ", markdown_escaped(block.of));
  for (std::size_t i = 0; i < block.rows.size(); ++i) {
    text += markdown_row(block.rows[i]);
    if (i > 0) continue;
    text += '|';
    for (const char side : block.alignment) text += side == 'r' ? " ---: |" : " --- |";
    text += '\n';
  }
  if (!block.rows.empty()) text += '\n';
  for (const std::string& line : block.lines) text += "- " + markdown_escaped(line) + '\n';
  if (!block.lines.empty()) text += '\n';
  return text;
}

}  // namespace reports
