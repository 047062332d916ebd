#include "sim/fleet/replicas.hpp"

#include <algorithm>

namespace sim {

namespace {

// Calls `add(hour, part)` for the part of [begin, end) in each hour of the horizon, times in units of `per_hour`.
template <class Add>
void split_by_hour(std::int64_t begin, std::int64_t end, std::int64_t per_hour, const Add& add) {
  while (begin < end) {
    const std::int64_t hour = begin / per_hour;
    const std::int64_t stop = std::min(end, (hour + 1) * per_hour);
    add(static_cast<std::size_t>(hour), stop - begin);
    begin = stop;
  }
}

}  // namespace

std::int64_t Replicas::ready_count(std::int64_t now_ns) const {
  std::int64_t ready = count();
  while (ready > 0 && ready_ns(ready - 1) > now_ns) --ready;
  return ready;
}

void Replicas::start(std::int64_t now_ns, std::int64_t ready_ns, Ledger& ledger) {
  stack_.push_back({now_ns, ready_ns});
  ++ledger.usage().hours[static_cast<std::size_t>(now_ns / core::ns_per_hour)].instance_starts;
  ++ledger.fleet().replica_starts;
  note_peak(now_ns, ledger);
}

void Replicas::remove(std::int64_t now_ns, std::int64_t released_ns, Ledger& ledger) {
  meter(stack_.back(), std::min(released_ns, horizon_ns_), ledger);
  stack_.pop_back();
  if (released_ns > now_ns) draining_until_ns_.push_back(released_ns);
}

void Replicas::finish(std::int64_t slots_per_replica, Ledger& ledger) {
  for (const Replica& replica : stack_) meter(replica, horizon_ns_, ledger);
  stack_.clear();
  const core::HourUsage total = ledger.usage().total();
  FleetSummary& fleet = ledger.fleet();
  fleet.mean_replicas = static_cast<double>(total.alive_instance_ns) / static_cast<double>(horizon_ns_);
  if (total.ready_instance_ns > 0) {
    fleet.utilisation = static_cast<double>(total.busy_slot_ns) / static_cast<double>(total.ready_instance_ns) /
                        static_cast<double>(slots_per_replica);
  }
}

void Replicas::meter(const Replica& replica, std::int64_t released_ns, Ledger& ledger) const {
  std::vector<core::HourUsage>& hours = ledger.usage().hours;
  split_by_hour(replica.started_ns, released_ns, core::ns_per_hour,
                [&](std::size_t hour, std::int64_t ns) { hours[hour].alive_instance_ns += ns; });
  split_by_hour(std::min(replica.ready_ns, released_ns), released_ns, core::ns_per_hour,
                [&](std::size_t hour, std::int64_t ns) { hours[hour].ready_instance_ns += ns; });

  // Billed seconds run on from the second in which the instance started; what rounding and the minimum add beyond the
  // end of the horizon falls into its last hour, so that every start is billed in full.
  const std::int64_t billed_s = rule_.billed_seconds(core::Duration{released_ns - replica.started_ns});
  const std::int64_t begin_s = replica.started_ns / core::ns_per_second;
  const std::int64_t horizon_s = horizon_ns_ / core::ns_per_second;
  const std::int64_t end_s = begin_s + billed_s;
  split_by_hour(begin_s, std::min(end_s, horizon_s), 3600,
                [&](std::size_t hour, std::int64_t s) { hours[hour].billed_instance_seconds += s; });
  if (end_s > horizon_s) hours.back().billed_instance_seconds += end_s - horizon_s;
}

void Replicas::note_peak(std::int64_t now_ns, Ledger& ledger) {
  std::erase_if(draining_until_ns_, [&](std::int64_t until_ns) { return until_ns <= now_ns; });
  const std::int64_t alive = count() + static_cast<std::int64_t>(draining_until_ns_.size());
  std::int64_t& peak = ledger.usage().hours[static_cast<std::size_t>(now_ns / core::ns_per_hour)].peak_instances;
  peak = std::max(peak, alive);
  ledger.fleet().peak_replicas = std::max(ledger.fleet().peak_replicas, alive);
}

}  // namespace sim
