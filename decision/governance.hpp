// When a plan must go before a review board, what it must bring, and what changed since the last review.
//
//  * `GovernanceRule`    a review is due above a cost or above an amount of compute
//  * `ReviewPacket`      business metrics, benchmarks, cost of training and of a year's inference: what is missing is
//  named
//  * `review_changes`    the projection of last quarter beside this one, line by line
//
// In a scenario:
//   governance:
//     max_cost: $100_000
//     max_gpu_hours: 1_000
//     business_metrics: [chargebacks avoided]
//     benchmarks: [PR-AUC on March]
//     training_cost: $28_000
//     inference_year: $120_000
//     gpu_hours: 340
//     last_quarter: {training_cost: $25_000, inference_year: $100_000}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/budget_share.hpp"

namespace decision {

struct ReviewPacket {
  std::vector<std::string> business_metrics;
  std::vector<std::string> benchmarks;
  std::optional<core::Money> training_cost;
  std::optional<core::Money> inference_year;
  std::optional<core::Quantity> gpu_hours;
  std::vector<std::string> missing() const;
  std::optional<core::Money> cost() const;  // training and a year of inference; nothing when either is not known
  bool operator==(const ReviewPacket&) const = default;
};

struct GovernanceRule {
  std::optional<core::Money> max_cost;
  std::optional<core::Quantity> max_gpu_hours;
  bool operator==(const GovernanceRule&) const = default;
};

struct GovernanceVerdict {
  bool review_required = false;  // above a threshold, or something needed to tell is not known
  std::vector<std::string> reasons;
  std::vector<std::string> missing;  // of the packet
  bool passes() const { return !review_required && missing.empty(); }
  bool operator==(const GovernanceVerdict&) const = default;
};
GovernanceVerdict govern(const GovernanceRule& rule, const ReviewPacket& packet);

// A line of two projections. `change` is the share of the earlier amount; nothing when that is 0 or not there.
struct ReviewChange {
  std::string name;
  std::optional<core::Money> before;
  std::optional<core::Money> after;
  std::optional<core::Quantity> change;
  std::string sentence() const;  // "self-hosted: $50,000.00 → $60,000.00 (+20.00 %)", "api: new at $…"
  bool operator==(const ReviewChange&) const = default;
};
// In the order of the earlier one, then what is new. Names are unique.
std::vector<ReviewChange> review_changes(const std::vector<NamedAmount>& before, const std::vector<NamedAmount>& after);

struct Governance {
  GovernanceRule rule;
  ReviewPacket packet;
  std::vector<NamedAmount> last_quarter{};  // what was projected then
  bool operator==(const Governance&) const = default;
};
// A section without any threshold is an error: it would govern nothing.
std::optional<Governance> read_governance(const core::Section& root);

}  // namespace decision
