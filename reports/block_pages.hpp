// Blocks (reports/answers.hpp) on the pages that have them: a report, a comparison, a packet.
//
//  * `add_blocks`   to a page for a terminal
//  * `markdown_of`  one block as Markdown, with a heading of its level
#pragma once

#include <string>
#include <vector>

#include "reports/answers.hpp"
#include "reports/text_page.hpp"

namespace reports {

void add_blocks(TextPage& page, const std::vector<AnswerBlock>& blocks);
std::string markdown_of(const AnswerBlock& block, int level = 2);  // texts are escaped

}  // namespace reports
