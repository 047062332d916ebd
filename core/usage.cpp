#include "core/usage.hpp"

#include <algorithm>
#include <cassert>

namespace core {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::cache_hit:
      return "cache_hit";
    case Outcome::served:
      return "served";
    case Outcome::rejected:
      return "rejected";
    case Outcome::timed_out:
      return "timed_out";
    case Outcome::abandoned:
      return "abandoned";
    case Outcome::failed:
      return "failed";
    case Outcome::in_flight:
      return "in_flight";
  }
  assert(false && "an Outcome outside its enumerators");
  return "";
}

HourUsage& HourUsage::operator+=(const HourUsage& other) {
  arrivals += other.arrivals;
  cache_hits += other.cache_hits;
  served += other.served;
  input_tokens += other.input_tokens;
  output_tokens += other.output_tokens;
  cache_read_tokens += other.cache_read_tokens;
  cache_write_tokens += other.cache_write_tokens;
  provisioned_input_tokens += other.provisioned_input_tokens;
  provisioned_output_tokens += other.provisioned_output_tokens;
  batch_input_tokens += other.batch_input_tokens;
  batch_output_tokens += other.batch_output_tokens;
  wasted_input_tokens += other.wasted_input_tokens;
  wasted_output_tokens += other.wasted_output_tokens;
  cache_hit_output_tokens += other.cache_hit_output_tokens;
  cache_lookups += other.cache_lookups;
  cache_lookup_tokens += other.cache_lookup_tokens;
  cache_wrong_hits += other.cache_wrong_hits;
  instance_starts += other.instance_starts;
  billed_instance_seconds += other.billed_instance_seconds;
  spot_starts += other.spot_starts;
  spot_billed_seconds += other.spot_billed_seconds;
  spot_interruptions += other.spot_interruptions;
  alive_instance_ns += other.alive_instance_ns;
  ready_instance_ns += other.ready_instance_ns;
  busy_slot_ns += other.busy_slot_ns;
  lost_slot_ns += other.lost_slot_ns;
  peak_instances = std::max(peak_instances, other.peak_instances);
  return *this;
}

HourUsage Usage::total(std::int32_t first_hour, std::int32_t end_hour) const {
  assert(first_hour >= 0 && first_hour <= end_hour && static_cast<std::size_t>(end_hour) <= hours.size());
  HourUsage sum;
  for (std::int32_t hour = first_hour; hour < end_hour; ++hour) { sum += hours[static_cast<std::size_t>(hour)]; }
  return sum;
}

}  // namespace core
