#include "decision/answers/story.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "decision/words.hpp"

namespace decision {
namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

std::string said_in(const std::vector<Answer>& answers, std::string_view section) {
  const auto found =
      std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) { return answer.section == section; });
  return found == answers.end() ? std::string{} : fmt::format("{}", fmt::join(found->sentences, " "));
}

void fill(std::string& part, const std::vector<Answer>& answers, std::initializer_list<std::string_view> sections) {
  if (!part.empty()) return;
  for (const std::string_view section : sections) {
    const std::string said = said_in(answers, section);
    if (said.empty()) continue;
    if (!part.empty()) part += ' ';
    part += said;
  }
}

Answer answer_of(std::string section, std::string_view what, const Written& written, const Parts& parts) {
  Answer answer{.section = std::move(section)};
  for (const auto& [name, text] : parts)
    answer.sentences.push_back(fmt::format("{}: {}", name, text.empty() ? "-" : text));
  if (written.missing.empty()) {
    answer.sentences.insert(answer.sentences.begin(), fmt::format("{} is complete.", what));
  } else {
    answer.sentences.insert(answer.sentences.begin(),
                            fmt::format("{} is not written, for this is missing: {}.", what, listing(written.missing)));
  }
  for (const VagueClaim& claim : written.vague) answer.sentences.push_back("Vague: " + claim.advice());
  return answer;
}

}  // namespace

OnePagePlan complete(OnePagePlan plan, const std::vector<Answer>& answers) {
  fill(plan.data, answers, {"data"});
  fill(plan.timeline, answers, {"validation"});
  fill(plan.resources, answers, {"effort", "budget_share", "fixed_budget"});
  return plan;
}

std::optional<Answer> answer_plan(const Questions& questions, const std::vector<Answer>& answers) {
  if (!questions.plan) return std::nullopt;
  const OnePagePlan plan = complete(*questions.plan, answers);
  return answer_of("plan", "The one-page plan", plan.write(),
                   {{"Decision", plan.decision},
                    {"Data", plan.data},
                    {"Failure modes", plan.failure_modes},
                    {"Monitoring", plan.monitoring},
                    {"Timeline", plan.timeline},
                    {"Resources", plan.resources}});
}

std::optional<Answer> answer_star(const Questions& questions) {
  if (!questions.star) return std::nullopt;
  const StarStory& star = *questions.star;
  return answer_of("star", "The STAR story", star.write(),
                   {{"Situation", star.situation},
                    {"Task", star.task},
                    {"Action", star.action},
                    {"Result", star.result},
                    {"What it cost", star.cost}});
}

std::vector<TextFile> documents(const Questions& questions, const Answers& answers) {
  std::vector<TextFile> files;
  const auto add = [&](std::string name, const Written& written) {
    if (written.markdown) files.push_back({std::move(name), *written.markdown});
  };
  if (questions.plan) add("plan.md", complete(*questions.plan, answers.sections).write());
  if (questions.star) add("star.md", questions.star->write());
  return files;
}

}  // namespace decision
