// Texts that carry a decision to people, and a check that they say something.
//
//  * `vague_claims`    sentences that claim a change without a number
//  * `OnePagePlan`     what a plan must say on one page; refuses to be written with an empty part
//  * `StarStory`       situation, task, action, result; the result must carry numbers for the gain and for its cost
//
// Both are Markdown, made of what the user wrote and of nothing else; decision/answers/story.hpp fills a plan's empty
// parts with what other sections of the scenario answer.
//
// In a scenario:
//   plan: {title: …, data: …, failure_modes: …, monitoring: …, timeline: …, resources: …, decision: …}
//   star: {situation: …, task: …, action: …, result: "…", cost: "…"}
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/yaml_reader.hpp"

namespace decision {

struct VagueClaim {
  std::string sentence;
  std::string word;  // the claim in it: "faster"
  std::string advice() const;
  bool operator==(const VagueClaim&) const = default;
};
// A claim is a word such as better, faster, cheaper, reduces, improves or significant. A sentence that holds one and no
// digit is vague. English only; a lint, which may miss a claim and never changes one.
std::vector<VagueClaim> vague_claims(std::string_view text);

struct Written {
  std::optional<std::string> markdown;
  std::vector<std::string> missing;  // why there is none
  std::vector<VagueClaim> vague = {};
  bool operator==(const Written&) const = default;
};

struct OnePagePlan {
  std::string title, data, failure_modes, monitoring, timeline, resources, decision;
  Written write() const;
  bool operator==(const OnePagePlan&) const = default;
};

struct StarStory {
  std::string situation, task, action, result, cost;
  Written write() const;
  bool operator==(const StarStory&) const = default;
};

// Parts that a scenario leaves out are empty, and so are asked for when the text is written.
std::optional<OnePagePlan> read_plan(const core::Section& root);
std::optional<StarStory> read_star(const core::Section& root);

}  // namespace decision
