// The answers of a result (decision/answers.hpp) as blocks that every report prints alike.
//
//  * `AnswerBlock`    a heading, a table with its head as the first row (or none), and sentences
//  * `figure_words`   a figure of an answer: {"break even delay", "17.2 days"}
//  * `answer_blocks`  one for the gates of each option, the matrix, the frontier, and each answered section
//
// A part that was not asked for gives no block.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "decision/answers.hpp"

namespace reports {

struct AnswerBlock {
  std::string heading;       // "Gates"
  std::string of{};          // the option that it is about; empty: the plan as a whole
  std::string alignment{};   // 'l' or 'r' for each column
  std::size_t flexible = 0;  // the column that gives way where a line is too long
  std::vector<std::vector<std::string>> rows{};
  std::vector<std::string> lines{};
};

std::string upper_case(std::string text);  // ASCII letters: headings of a terminal

// The name as words, and the value with its unit: "$1,234.50", "$20.00 a month", "3.64 ×", "29.17 %".
std::pair<std::string, std::string> figure_words(const decision::Figure& figure);

// In this order: the gates of each option, the matrix, the frontier, the sections.
std::vector<AnswerBlock> answer_blocks(const decision::Answers& answers);

}  // namespace reports
