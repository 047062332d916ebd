// What one option used: the meeting place of the simulator, which meters, and of pricing, which bills.
//
//  * `Outcome`    the one bucket in which a request ends
//  * `HourUsage`  what happened and what was used in one hour of the horizon
//  * `Usage`      the hours of the horizon, one after another; sums over any of them are exact
//
// Everything is a whole number, so a sum is the same in any order. The hourly series is the only thing in a result
// that grows with the horizon (288 bytes an hour, 2.5 MB a year): commitments are settled hour by hour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/time.hpp"

namespace core {

// Every request ends in exactly one of these.
enum class Outcome : std::uint8_t {
  cache_hit,  // answered by the cache before any option
  served,     // answered in full within the horizon
  rejected,   // turned away at once: the queue was full
  timed_out,  // the client's deadline passed before the answer was complete
  abandoned,  // left the queue of its own accord
  failed,     // answered with an error
  in_flight,  // still waiting or being served when the horizon ended
};
inline constexpr std::size_t outcome_count = 7;
std::string_view name_of(Outcome outcome);  // "cache_hit", …

struct HourUsage {
  // Requests, by the hour in which they arrived …
  std::int64_t arrivals = 0;  // all, cache hits included
  std::int64_t cache_hits = 0;
  // … and by the hour in which their outcome was decided.
  std::int64_t served = 0;
  // Tokens of the requests that reached the option and were processed (served, or cut off while being served).
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  // Of those, bought another way than by the plain token: prompt tokens read from and written to a vendor's prompt
  // cache, tokens made by provisioned units, tokens of batch jobs. Disjoint.
  std::int64_t cache_read_tokens = 0;
  std::int64_t cache_write_tokens = 0;
  std::int64_t provisioned_input_tokens = 0;
  std::int64_t provisioned_output_tokens = 0;
  std::int64_t batch_input_tokens = 0;
  std::int64_t batch_output_tokens = 0;
  // Of all, for nothing: attempts that failed, were cut off or came second.
  std::int64_t wasted_input_tokens = 0;
  std::int64_t wasted_output_tokens = 0;
  // Tokens of the answers that the cache gave; they cost no model, but they leave through the network.
  std::int64_t cache_hit_output_tokens = 0;
  // Requests that a cache looked up, and their prompts: what an embedding model reads. Of the hits, wrong answers.
  std::int64_t cache_lookups = 0;
  std::int64_t cache_lookup_tokens = 0;
  std::int64_t cache_wrong_hits = 0;
  // Instances (0 for a managed API). Billed: from provision to release, each start rounded up by the metering rule.
  std::int64_t instance_starts = 0;
  std::int64_t billed_instance_seconds = 0;
  // Of those, bought as spot, and how many were taken away.
  std::int64_t spot_starts = 0;
  std::int64_t spot_billed_seconds = 0;
  std::int64_t spot_interruptions = 0;
  // Wide, for a year of a large fleet is more than 2^63 nanoseconds.
  Int128 alive_instance_ns = 0;     // provision to release, unrounded
  Int128 ready_instance_ns = 0;     // ready to release
  Int128 busy_slot_ns = 0;          // time that slots spent serving requests that arrived in the hour
  Int128 lost_slot_ns = 0;          // of that, on work that went under with its instance
  std::int64_t peak_instances = 0;  // most alive at once in the hour

  HourUsage& operator+=(const HourUsage& other);  // peak_instances: the larger
  bool operator==(const HourUsage&) const = default;
};

struct Usage {
  std::vector<HourUsage> hours;                        // one per hour of the horizon
  std::array<std::int64_t, outcome_count> outcomes{};  // requests, by Outcome; they sum to all arrivals

  std::int64_t count(Outcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }
  HourUsage total(std::int32_t first_hour, std::int32_t end_hour) const;
  HourUsage total() const { return total(0, static_cast<std::int32_t>(hours.size())); }
  bool operator==(const Usage&) const = default;
};

// How a cloud turns the life of an instance into billed seconds, per start: rounded up to `step_s`, at least
// `minimum_s`. EC2 Linux and GCE: {1, 60}.
struct MeteringRule {
  std::int64_t step_s = 1;
  std::int64_t minimum_s = 60;
  // Seconds billed for one life of `alive` ≥ 0.
  constexpr std::int64_t billed_seconds(Duration alive) const {
    const std::int64_t seconds = (alive.count() + ns_per_second - 1) / ns_per_second;
    const std::int64_t stepped = (seconds + step_s - 1) / step_s * step_s;
    return stepped < minimum_s ? minimum_s : stepped;
  }
  bool operator==(const MeteringRule&) const = default;
};
static_assert(MeteringRule{}.billed_seconds(std::chrono::seconds{7}) == 60);

}  // namespace core
