// When a zone has spot capacity: a pool that is up and down in turns.
//
//  * `DwellTime`  how long it stays up, or down: exponential, or a table of measured quantiles
//  * `UpDown`     both: an alternating renewal (semi-Markov) process
//  * `SpotZone`   a pool: always up, such a process, or a recording, and the hazard of its single instances beside it
//
// Nothing here depends on what anybody asks for. A process starts in its stationary state: up with probability
// up ÷ (up + down), within a span that is drawn in proportion to its length.
//
// An interruption bucket ("5-10%" of instances a month) is a hazard of an instance, λ = −ln(1 − p) ÷ 730 per hour at
// the bucket's upper edge p. `correlation` says which share of a hazard is the pool's, whose end is the end of all its
// instances at once:
//
//  * of a bucket's λ the pool takes the share ρ, an instance by itself the rest: λ stays what AWS says;
//  * where the pool's own times are given, they stay what they are, and instances get (1 − ρ) ÷ ρ of its hazard
//    beside it, none at ρ = 1. (What a region takes from all its zones is beside both.)
//
// Example:
//   const SpotZone a = SpotZone::alternating("a", {DwellTime::exponential(3h), DwellTime::exponential(40min)});
//   const SpotZone b = SpotZone::interrupted("b", hazard_per_hour(0.10), 0.3, DwellTime::exponential(1h));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "core/quantile_table.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "sim/fleet/spot/spot_trace.hpp"

namespace sim {

class DwellTime {
 public:
  static DwellTime exponential(core::Duration mean) { return exponential_ns(static_cast<double>(mean.count())); }
  static DwellTime exponential_ns(double mean_ns);  // more than 0; for means of thousands of years
  // Values in nanoseconds. Throws std::invalid_argument as QuantileTable does.
  static DwellTime table(std::span<const core::QuantilePoint> points);

  double mean_ns() const { return mean_ns_; }
  std::int64_t draw(core::Stream& chance) const;  // 1 ns … 2^61 ns (73 years)
  // What is left of a span that is met at a moment of its own: of the stationary process.
  std::int64_t draw_rest(core::Stream& chance) const;

 private:
  explicit DwellTime(double mean_ns) : mean_ns_{mean_ns} {}
  double mean_ns_;
  std::optional<core::QuantileTable> table_;
};

struct UpDown {
  DwellTime up;
  DwellTime down;
  double availability() const { return up.mean_ns() / (up.mean_ns() + down.mean_ns()); }
};

struct SpotReplay {
  std::shared_ptr<const SpotTrace> trace;
  core::Duration start{0};  // where in the trace the horizon begins; after its end the trace begins again
};

struct AlwaysUp {};

struct SpotZone {
  std::string name;
  std::variant<AlwaysUp, UpDown, SpotReplay> pool = AlwaysUp{};
  double own_hazard_per_hour = 0;  // of an instance by itself, beside the pool's

  static SpotZone always_up(std::string name) { return {.name = std::move(name)}; }
  // 0 < correlation ≤ 1.
  static SpotZone alternating(std::string name, const UpDown& times, double correlation = 1);
  static SpotZone replay(std::string name, std::shared_ptr<const SpotTrace> trace,
                         core::Duration start = core::Duration{0}, double correlation = 1);
  // By a hazard per hour of an instance; 0 ≤ correlation ≤ 1.
  static SpotZone interrupted(std::string name, double instance_hazard, double correlation, const DwellTime& down);
};

// Per hour, of a probability 0 ≤ p < 1 of being interrupted within 730 hours.
double hazard_per_hour(double monthly_probability);

}  // namespace sim
