#include "core/usage.hpp"

#include <set>
#include <string>

#include "tests/support/catch.hpp"

using core::HourUsage;
using core::Outcome;
using core::Usage;

namespace {

// Every field different, so that a forgotten or crossed one shows.
HourUsage example() {
  return {.arrivals = 1,
          .cache_hits = 2,
          .served = 3,
          .input_tokens = 4,
          .output_tokens = 5,
          .cache_hit_output_tokens = 6,
          .cache_lookups = 13,
          .cache_lookup_tokens = 14,
          .cache_wrong_hits = 15,
          .instance_starts = 7,
          .billed_instance_seconds = 8,
          .alive_instance_ns = 9,
          .ready_instance_ns = 10,
          .busy_slot_ns = 11,
          .peak_instances = 12};
}

}  // namespace

TEST_CASE("Hours add up field by field, and keep the higher peak", "[core][usage]") {
  HourUsage sum = example();
  HourUsage other = example();
  other.peak_instances = 40;
  sum += other;
  CHECK(sum == HourUsage{.arrivals = 2,
                         .cache_hits = 4,
                         .served = 6,
                         .input_tokens = 8,
                         .output_tokens = 10,
                         .cache_hit_output_tokens = 12,
                         .cache_lookups = 26,
                         .cache_lookup_tokens = 28,
                         .cache_wrong_hits = 30,
                         .instance_starts = 14,
                         .billed_instance_seconds = 16,
                         .alive_instance_ns = 18,
                         .ready_instance_ns = 20,
                         .busy_slot_ns = 22,
                         .peak_instances = 40});
  sum += example();
  CHECK(sum.peak_instances == 40);
}

TEST_CASE("A total is the sum of its hours, and parts make the whole", "[core][usage]") {
  Usage usage;
  for (int hour = 0; hour < 5; ++hour) {
    HourUsage one = example();
    one.arrivals = 100 + hour;
    one.peak_instances = hour == 1 ? 77 : hour;
    usage.hours.push_back(one);
  }
  CHECK(usage.total(1, 3).arrivals == 101 + 102);
  CHECK(usage.total(1, 3).peak_instances == 77);
  CHECK(usage.total(2, 2) == HourUsage{});
  HourUsage parts = usage.total(0, 2);
  parts += usage.total(2, 5);
  CHECK(parts == usage.total());
  CHECK(usage.total().arrivals == 510);
}

TEST_CASE("A year of ten thousand busy slots does not overflow", "[core][usage]") {
  Usage usage;
  HourUsage hour;
  hour.busy_slot_ns = core::Int128{10'000} * core::ns_per_hour;
  usage.hours.assign(8760, hour);
  CHECK((usage.total().busy_slot_ns == core::Int128{10'000} * 8760 * core::ns_per_hour));
}

TEST_CASE("Every outcome has a name of its own", "[core][usage]") {
  CHECK(core::name_of(Outcome::cache_hit) == "cache_hit");
  CHECK(core::name_of(Outcome::served) == "served");
  CHECK(core::name_of(Outcome::rejected) == "rejected");
  CHECK(core::name_of(Outcome::timed_out) == "timed_out");
  CHECK(core::name_of(Outcome::abandoned) == "abandoned");
  CHECK(core::name_of(Outcome::failed) == "failed");
  CHECK(core::name_of(Outcome::in_flight) == "in_flight");
  Usage usage;
  usage.outcomes[static_cast<std::size_t>(Outcome::timed_out)] = 9;
  CHECK(usage.count(Outcome::timed_out) == 9);
  CHECK(usage.count(Outcome::served) == 0);
}
