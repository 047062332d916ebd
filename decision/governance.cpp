#include "decision/governance.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {

using core::Money;
using core::Quantity;

std::vector<std::string> ReviewPacket::missing() const {
  std::vector<std::string> names;
  if (business_metrics.empty()) names.emplace_back("business metrics");
  if (benchmarks.empty()) names.emplace_back("benchmarks");
  if (!training_cost) names.emplace_back("cost of training");
  if (!inference_year) names.emplace_back("cost of a year of inference");
  return names;
}

std::optional<Money> ReviewPacket::cost() const {
  if (!training_cost || !inference_year) return std::nullopt;
  return *training_cost + *inference_year;
}

GovernanceVerdict govern(const GovernanceRule& rule, const ReviewPacket& packet) {
  GovernanceVerdict verdict;
  verdict.missing = packet.missing();
  if (rule.max_cost) {
    const std::optional<Money> cost = packet.cost();
    if (!cost)
      verdict.reasons.push_back(fmt::format("Whether it costs more than {} is not known.", amount(*rule.max_cost)));
    else if (*cost > *rule.max_cost) {
      verdict.reasons.push_back(fmt::format("Training and a year of inference cost {}, more than {}.", amount(*cost),
                                            amount(*rule.max_cost)));
    }
  }
  if (rule.max_gpu_hours) {
    if (!packet.gpu_hours) {
      verdict.reasons.push_back(
          fmt::format("Whether it takes more than {} GPU hours is not known.", figure(*rule.max_gpu_hours)));
    } else if (*packet.gpu_hours > *rule.max_gpu_hours) {
      verdict.reasons.push_back(
          fmt::format("It takes {} GPU hours, more than {}.", figure(*packet.gpu_hours), figure(*rule.max_gpu_hours)));
    }
  }
  verdict.review_required = !verdict.reasons.empty();
  return verdict;
}

std::string ReviewChange::sentence() const {
  if (!before) return fmt::format("{}: new at {}", name, amount(*after));
  if (!after) return fmt::format("{}: gone, was {}", name, amount(*before));
  std::string text = fmt::format("{}: {} → {}", name, amount(*before), amount(*after));
  if (change) text += fmt::format(" ({}{})", *change > Quantity{} ? "+" : "", percent_text(*change));
  return text;
}

std::vector<ReviewChange> review_changes(const std::vector<NamedAmount>& before,
                                         const std::vector<NamedAmount>& after) {
  const auto find = [](const std::vector<NamedAmount>& all, const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&](const NamedAmount& a) { return a.name == name; });
  };
  std::vector<ReviewChange> changes;
  for (const NamedAmount& old : before) {
    ReviewChange change{.name = old.name, .before = old.amount, .after = {}, .change = {}};
    if (const auto now = find(after, old.name); now != after.end()) {
      change.after = now->amount;
      if (old.amount > Money{}) change.change = share_of(now->amount - old.amount, old.amount);
    }
    changes.push_back(std::move(change));
  }
  for (const NamedAmount& now : after) {
    if (find(before, now.name) == before.end())
      changes.push_back({.name = now.name, .before = {}, .after = now.amount, .change = {}});
  }
  return changes;
}

std::optional<Governance> read_governance(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("governance");
  if (!section) return std::nullopt;
  Governance governance;
  if (section->has("max_cost")) governance.rule.max_cost = section->money("max_cost");
  if (section->has("max_gpu_hours")) governance.rule.max_gpu_hours = section->quantity("max_gpu_hours");
  if (!governance.rule.max_cost && !governance.rule.max_gpu_hours) {
    throw section->error("max_cost", "no threshold", "max_cost, max_gpu_hours or both");
  }
  if (section->has("business_metrics")) governance.packet.business_metrics = section->texts("business_metrics");
  if (section->has("benchmarks")) governance.packet.benchmarks = section->texts("benchmarks");
  if (section->has("training_cost")) governance.packet.training_cost = section->money("training_cost");
  if (section->has("inference_year")) governance.packet.inference_year = section->money("inference_year");
  if (section->has("gpu_hours")) governance.packet.gpu_hours = section->quantity("gpu_hours");
  if (const std::optional<core::Section> before = section->optional_section("last_quarter")) {
    if (before->has("training_cost")) governance.last_quarter.push_back({"training", before->money("training_cost")});
    if (before->has("inference_year"))
      governance.last_quarter.push_back({"a year of inference", before->money("inference_year")});
  }
  return governance;
}

}  // namespace decision
