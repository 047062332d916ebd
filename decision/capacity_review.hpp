// Ready for the launch, or not: a list of items, each go, no-go or not known, with its figure, its limit and what mends
// it.
//
//  * `CapacityRules`    the limits, read from the scenario's `capacity_review`, each with the default that it has
//  * `OptionCapacity`   what is known of an option: what it did, what serves, how its targets and drills ended
//  * `review_capacity`  the figures (decision/capacity_figures.hpp) and the list
//
// The verdict is no-go when a hard item is; else not known when a hard item is not known; else go. Soft items warn.
// What the scenario does not say is not known and is asked for: no quota, limit or zone is invented.
//
//   objectives     every target of `slo` is held                                                               hard
//   error_budget   the availability uses no more of its error budget than the hours simulated are of a month   hard
//   head_room      the busiest hour fits into the most replicas, and the scaler was not at its maximum         hard
//   quota          the nodes to ask for are within `nodes.quota`                                               hard
//   limits         the busiest minute is within the vendor's limits                                            hard
//   spare_replica  without `spares` replicas the busiest hour still fits into those that are ready             hard
//   spare_node     the same without as many nodes, where a node carries several replicas                       soft
//   spare_zone     the same without one zone of several                                                        soft
//   ramp           what is ordered for the load of a minute carries the load when it is ready                  soft
//   drills         each drill held the objectives                                                              soft
//
// spare_zone, ramp and drills are soft because they ask for the worst minute or a fault, and how much of that must be
// survived is for the board to say: `hard: [drills]`.
//
// In a scenario that is simulated (`capacity_review: {}` takes every default):
//   capacity_review:
//     margin: 20%             # more requests and tokens a minute than the busiest minute needs
//     max_filled: 100%        # share of the places that the busiest hour may take
//     spares: 1               # replicas that may be missing
//     rollout_surge: 25%      # instances beside the old ones while a version is rolled out
//     budget_days: 30         # the month of the error budget
//     hard: [drills]
//     soft: [quota]
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.hpp"
#include "core/yaml_reader.hpp"
#include "decision/capacity_figures.hpp"
#include "decision/drill_verdict.hpp"
#include "decision/slo.hpp"

namespace decision {

enum class Topic : std::uint8_t {
  objectives,
  error_budget,
  head_room,
  quota,
  limits,
  spare_replica,
  spare_node,
  spare_zone,
  ramp,
  drills,
};
inline constexpr std::size_t topic_count = 10;
std::string_view word_of(Topic topic);

struct CapacityRules {
  core::Quantity margin = core::Quantity::nano(200'000'000);
  core::Quantity max_filled = core::Quantity::whole(1);
  core::Quantity rollout_surge = core::Quantity::nano(250'000'000);
  std::int64_t spares = 1;
  std::int64_t budget_days = 30;
  std::array<bool, topic_count> hard{true, true, true, true, true, true, false, false, false, false};
};
// Throws core::ConfigError.
std::optional<CapacityRules> read_capacity_rules(const core::Section& root);

struct DrillFacts {
  std::string name;
  std::int64_t length_ns = 0;  // of the fault
  DrillVerdict verdict;
};

struct OptionCapacity {
  std::string name;
  core::Usage usage{};                         // of the whole, as its users met it
  std::vector<ServingFacts> parts{};           // one without a name, or those of a mixture
  std::vector<SloCheck> targets{};             // as simulated
  std::optional<std::int64_t> availability{};  // the target, in parts per billion
  std::vector<DrillFacts> drills{};
};

// The traffic that all options met.
struct CapacityLoad {
  core::Date start{};
  std::vector<std::int64_t> millis_by_minute{};  // expected, in thousandths; empty: known by the hour alone
};
std::string hour_words(core::Date start, std::int64_t minute);  // "2026-12-08 19:00 UTC"

enum class Ready : std::uint8_t { go, no_go, not_known };
std::string_view word_of(Ready ready);

struct ReviewItem {
  std::string name;  // "fleet: head_room"
  bool hard = true;
  Ready state = Ready::not_known;
  std::string figure{};  // "88 % of the places"
  std::string limit{};   // "at most 100 %"
  std::string mend{};    // of one that is not go
  bool operator==(const ReviewItem&) const = default;
};

struct PartReview {
  std::string part;
  std::optional<FleetFigures> fleet{};
  std::optional<RampFigures> ramp{};  // of fleets that scale, where the minutes are known
  std::vector<QuotaLine> quotas{};
};

struct WorstDrill {
  std::string name;
  std::int64_t lost = 0;                 // more than without the fault
  core::Quantity used{};                 // of a month's error budget
  std::optional<core::Quantity> days{};  // of such a fault until the budget is gone; nothing: it costs nothing
};

struct CapacityReview {
  std::string option;
  LoadFigures load;
  std::vector<PartReview> parts{};
  std::optional<ErrorBudget> errors{};
  std::optional<WorstDrill> worst{};  // with an error budget, and drills
  std::vector<ReviewItem> items{};

  Ready verdict() const;
  std::string sentence() const;  // "NO-GO: fleet: head_room and limits decide."
};

CapacityReview review_capacity(const CapacityRules& rules, const OptionCapacity& option, const CapacityLoad& load);

}  // namespace decision
