// What a capacity review says in figures: load, head-room, what is left after a loss, time to scale, quotas.
//
//  * `FleetFacts`, `ApiFacts`, `ServingFacts`  what serves, in plain numbers; the caller knows where they come from
//  * `load_of`         mean and peak load by the hour
//  * `fleet_figures`   instances over time, how full the busiest hour is, with a replica, a node or a zone fewer
//  * `api_figures`     requests and tokens of the busiest minute, beside the limits, and the quotas to ask for
//  * `ramp_of`         the steepest growth of the load, and whether what was ordered in time carries it
//  * `budget_of_errors`  what an objective of availability allows a month, and how much of it is used
//
// How full a fleet is: Little's law. An hour whose requests hold places for B seconds in all has B ÷ 3600 requests
// being served at once, on average; n replicas of p places are B ÷ 3600 ÷ (n × p) full. Means of an hour: a minute of
// it may be fuller. The time that a request holds a place is what it was in the run; fuller engines are slower.
//
// Exact: whole numbers and Quantity (1e-9). What is not known is nothing, never 0.
//
// Example:
//   // 7,200 requests of 5 s in an hour are 10 at once; 4 replicas of 8 places are 31.25 % full, 3 of them 41.67 %.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/usage.hpp"

namespace decision {

// Half of the times, and 95 of 100, take no longer.
struct Spread {
  std::int64_t p50_ns = 0;
  std::int64_t p95_ns = 0;
  bool operator==(const Spread&) const = default;
};

struct NamedSpread {
  std::string name;  // "weights"
  Spread time;
};

struct FleetFacts {
  bool scales = false;  // else min = max: what there is at the beginning
  std::int64_t min_replicas = 1;
  std::int64_t max_replicas = 1;
  std::int64_t places = 1;   // requests that a replica can serve at once
  std::string places_are{};  // where that is from: "slots"
  std::int64_t replicas_per_node = 1;
  std::optional<std::int64_t> quota{};          // nodes
  std::optional<std::int64_t> gpus_per_node{};  // 0: it has none
  std::int64_t zones = 0;                       // 0: not said
  std::int64_t peak_replicas = 0;               // as simulated
  std::int64_t quota_waits = 0;                 // replicas that waited for the quota
  std::vector<NamedSpread> cold_start{};        // in parts
  Spread ready_after{};                         // all parts together
  // From a load to the order that answers it, and the requests at once that the scaler gives a replica, in thousandths;
  // nothing: a schedule or a forecast orders, or a metric that does not tell.
  std::optional<Spread> reaction{};
  std::optional<std::int64_t> aim_millis{};
};

// A limit of 0 does not exist.
struct ApiFacts {
  std::int64_t requests_per_minute = 0;
  std::int64_t tokens_per_minute = 0;  // input and output together
  std::int64_t input_tokens_per_minute = 0;
  std::int64_t output_tokens_per_minute = 0;
  std::optional<std::int64_t> peak_requests_per_minute{};  // as counted; nothing: the mean minute of the busiest hour
};

// An option, or one part of a mixture.
struct ServingFacts {
  std::string part{};  // "vendor"; empty: the whole option
  std::vector<core::HourUsage> hours{};
  std::optional<FleetFacts> fleet{};
  std::optional<ApiFacts> api{};
  bool is_met_first = true;  // no: what comes to it is what others hand on
};

struct LoadFigures {
  std::int32_t peak_hour = 0;  // the first of equals, from the beginning of the horizon
  core::Quantity mean_per_s{};
  core::Quantity peak_per_s{};                   // mean of that hour
  std::optional<core::Quantity> peak_to_mean{};  // nothing without requests
  bool operator==(const LoadFigures&) const = default;
};
// `hours`: at least one. Of arrivals, cache hits included.
LoadFigures load_of(const std::vector<core::HourUsage>& hours);

// What the busiest hour would be with less: a share of the places that are left; nothing: none are.
struct Loss {
  std::optional<core::Quantity> filled{};
  bool operator==(const Loss&) const = default;
};

struct FleetFigures {
  core::Quantity mean_instances{};  // alive
  std::int64_t peak_instances = 0;
  std::int32_t peak_instances_hour = 0;
  std::int32_t busiest_hour = 0;     // in which most time of places was asked for
  core::Quantity at_once{};          // requests being served in it, on average
  core::Quantity ready_nodes{};      // in it, on average
  core::Quantity filled{};           // share of the places of the ready replicas
  std::int64_t most_replicas = 0;    // the scaler's maximum, or what the quota holds if that is less
  core::Quantity filled_at_most{};   // share of the places of so many
  core::Quantity head_room() const;  // the rest of that share
  Loss without_replica{};            // `spares` of them
  Loss without_node{};
  std::optional<Loss> without_zone{};  // nothing: the zones are not known
  std::int64_t nodes_to_request = 0;   // peak + spares + surge of a roll-out
  std::optional<std::int64_t> gpus_to_request{};
  bool operator==(const FleetFigures&) const = default;
};
// `surge`: of the instances, beside the old ones while a new version is rolled out; rounded up to whole ones.
FleetFigures fleet_figures(const FleetFacts& facts, const std::vector<core::HourUsage>& hours, std::int64_t spares,
                           core::Quantity surge);

struct QuotaLine {
  std::string what;                            // "requests a minute"
  std::int64_t need = 0;                       // of the busiest minute
  std::int64_t limit = 0;                      // 0: none is said
  std::int64_t ask = 0;                        // need and margin, rounded up
  std::optional<core::Quantity> used() const;  // need ÷ limit
  bool operator==(const QuotaLine&) const = default;
};
// Requests; input, output and all tokens: those of the minute's requests at the busiest hour's tokens a request. What
// reached the API, after a cache. Empty when nothing came.
std::vector<QuotaLine> api_figures(const ApiFacts& facts, const std::vector<core::HourUsage>& hours,
                                   core::Quantity margin);

struct RampFigures {
  std::int64_t steepest_minute = 0;
  core::Quantity steepest_per_s{};  // requests/s more within that minute
  // Whether replicas ordered for the load of a minute carry that of the time when they are ready, in the worst minute.
  std::int64_t scale_minutes = 0;  // from the load to the ready replica, 95 of 100 times
  std::int64_t worst_minute = 0;   // when the load is there
  std::int64_t needed = 0;         // replicas, full
  std::int64_t ordered = 0;        // at the latest in time
  bool keeps_up() const { return needed <= ordered; }
  bool operator==(const RampFigures&) const = default;
};
// `millis_by_minute`: expected requests of each minute, in thousandths. Without a reaction or an aim only the growth is
// known; the figures of scaling are then 0. O(minutes).
RampFigures ramp_of(const FleetFacts& facts, const std::vector<core::HourUsage>& hours,
                    const std::vector<std::int64_t>& millis_by_minute);

struct ErrorBudget {
  core::Quantity allowed{};    // bad requests in a month of `days`
  std::int64_t bad = 0;        // in the hours simulated
  core::Quantity used{};       // bad ÷ allowed in a month
  core::Quantity burn_rate{};  // 1: the month's budget would last exactly the month
  bool operator==(const ErrorBudget&) const = default;
};
// `needed_ppb`: of the requests, below 1e9. Nothing without decided requests.
std::optional<ErrorBudget> budget_of_errors(const core::Usage& usage, std::int64_t needed_ppb, std::int64_t days);

}  // namespace decision
