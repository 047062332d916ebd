#include "sim/cache/lookup_latency.hpp"

#include <utility>

namespace sim {

namespace {

void add(core::Histogram& times_ns, std::int64_t lookup_ns) {
  core::Histogram later{times_ns.highest_trackable(), times_ns.digits(), times_ns.lowest_discernible()};
  for (const core::Histogram::Bucket& bucket : times_ns.recorded_buckets()) {
    later.record_n(bucket.highest + lookup_ns, bucket.count);
  }
  times_ns = std::move(later);
}

}  // namespace

void add_lookup_latency(OptionResult& result, std::int64_t lookup_ns) {
  add(result.latency_ns, lookup_ns);
  add(result.time_to_first_token_ns, lookup_ns);
  for (ClassResult& c : result.classes) {
    add(c.latency_ns, lookup_ns);
    add(c.time_to_first_token_ns, lookup_ns);
  }
}

}  // namespace sim
