// Texts for people: the one-page plan, and the STAR story, as sections and as files of their own.
//
//  * `answer_plan`, `answer_star`  the parts as a table, what is missing, and claims that have no number
//  * `complete`   a plan whose data, timeline and resources, where left out, are what the sections of those names
//  answer
//  * `documents`  what can be written: plan.md, star.md; nothing with a part missing
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decision/answers.hpp"

namespace decision {

OnePagePlan complete(OnePagePlan plan, const std::vector<Answer>& answers);

// `answers`: of the other sections.
std::optional<Answer> answer_plan(const Questions& questions, const std::vector<Answer>& answers);
std::optional<Answer> answer_star(const Questions& questions);

struct TextFile {
  std::string name;  // "plan.md"
  std::string text;
  bool operator==(const TextFile&) const = default;
};
std::vector<TextFile> documents(const Questions& questions, const Answers& answers);

}  // namespace decision
