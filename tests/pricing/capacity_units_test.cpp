#include "pricing/capacity_units.hpp"

#include "core/money.hpp"
#include "tests/support/catch.hpp"

namespace pricing {

using core::Money;
using core::Quantity;

TEST_CASE("G7: 10,000 new connections a second through a load balancer for 730 hours", "[capacity_units][golden]") {
  Quantity unit_hours;
  for (int hour = 0; hour < 730; ++hour) {
    // Each of the other dimensions needs less: 10,000 open connections and 1000 / 730 GB an hour.
    unit_hours += capacity_units({}, {.new_connections = 10'000LL * 3600,
                                      .connection_seconds = 10'000LL * 3600,
                                      .bytes = 1'470'000'000,
                                      .rule_evaluations = 0});
  }
  CHECK(unit_hours == Quantity::whole(292'000));
  CHECK(core::cost(unit_hours, Money::parse("0.008")) == Money::parse("2336.00"));
}

TEST_CASE("An hour is billed by the dimension that needs most units", "[capacity_units]") {
  CHECK(capacity_units({}, {}) == Quantity{});
  CHECK(capacity_units({}, {.new_connections = 3600 * 25}) == Quantity::whole(1));
  CHECK(capacity_units({}, {.new_connections = 3600 * 25, .connection_seconds = 3600 * 6000}) == Quantity::whole(2));
  CHECK(capacity_units({}, {.new_connections = 3600 * 25, .bytes = 3'221'225'472}) == Quantity::whole(3));
  CHECK(capacity_units({}, {.bytes = 1'073'741'824, .rule_evaluations = 3600 * 4000}) == Quantity::whole(4));
}

TEST_CASE("The peak hour is not averaged away", "[capacity_units]") {
  const LoadOfAnHour busy{.new_connections = 3600 * 100};
  const LoadOfAnHour heavy{.bytes = 4LL * 1'073'741'824};
  const Quantity by_hour = capacity_units({}, busy) + capacity_units({}, heavy);
  CHECK(by_hour == Quantity::whole(8));  // the maximum of the sums would be 4
}

TEST_CASE("A load balancer without rules is not billed by them", "[capacity_units]") {
  const CapacityUnit network{.new_connections_per_s = 800, .active_connections = 100'000, .rule_evaluations_per_s = 0};
  CHECK(capacity_units(network, {.new_connections = 3600 * 800, .rule_evaluations = 1'000'000'000}) ==
        Quantity::whole(1));
}

}  // namespace pricing
