#include "sim/api/outages.hpp"

#include <cmath>
#include <cstdint>

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::Fault;
using sim::FaultKind;
using sim::Outages;
using sim::OutagesConfig;

namespace {

constexpr std::int64_t second = core::ns_per_second;

Fault outage(std::int64_t begin_s, std::int64_t end_s, double amount = 1) {
  return {.kind = FaultKind::vendor_outage, .begin_ns = begin_s * second, .end_ns = end_s * second, .amount = amount};
}

}  // namespace

TEST_CASE("A vendor is up for MTBF out of MTBF and MTTR", "[sim][managed_api]") {
  Outages outages{OutagesConfig{.mean_between = 90min, .mean_repair = 30min}, {}, core::Stream{11}};
  // Ten thousand cycles of two hours. Of n of them, the share that is down has the variance 2 (a (1 - a))² / n.
  constexpr std::int64_t end_ns = 20'000 * core::ns_per_hour;
  std::int64_t failed = 0;
  constexpr std::int64_t step_ns = 20 * second;
  for (std::int64_t now_ns = 0; now_ns < end_ns; now_ns += step_ns) failed += outages.fails(now_ns, 0) ? 1 : 0;
  const double down = static_cast<double>(outages.down_ns(end_ns)) / static_cast<double>(end_ns);
  const double tolerance = 4 * std::sqrt(2 * 0.75 * 0.25 * 0.75 * 0.25 / 10'000);
  CHECK(std::abs(down - 0.25) < tolerance);
  CHECK(std::abs(static_cast<double>(outages.count()) - 10'000) < 4 * 100);
  // Looked at every 20 s, an outage is seen as long as it is, give or take one look.
  const double seen = static_cast<double>(failed * step_ns);
  CHECK(std::abs(seen - static_cast<double>(outages.down_ns(end_ns))) <=
        static_cast<double>(outages.count() * step_ns));
}

TEST_CASE("Outages fall where they fall, however often one looks", "[sim][managed_api]") {
  const OutagesConfig config{.mean_between = 1h, .mean_repair = 10min};
  constexpr std::int64_t end_ns = 500 * core::ns_per_hour;
  Outages often{config, {}, core::Stream{3}};
  Outages once{config, {}, core::Stream{3}};
  for (std::int64_t now_ns = 0; now_ns < end_ns; now_ns += 10 * second) often.fails(now_ns, 0);
  CHECK(often.down_ns(end_ns) == once.down_ns(end_ns));
  CHECK(often.count() == once.count());
}

TEST_CASE("A drill takes a vendor down for its window, or a share of its calls", "[sim][managed_api]") {
  Outages outages{std::nullopt, {outage(10, 20), outage(15, 30, 0.25), outage(40, 41, 0)}, core::Stream{1}};
  const std::uint64_t low = 0;
  const std::uint64_t high = ~std::uint64_t{0};
  CHECK_FALSE(outages.fails(0, low));
  CHECK(outages.calm_until_ns() == 10 * second);
  CHECK_FALSE(outages.fails(10 * second - 1, low));
  CHECK(outages.fails(10 * second, high));
  CHECK(outages.fails(20 * second - 1, high));
  CHECK_FALSE(outages.fails(20 * second, high));
  CHECK(outages.fails(20 * second, low));
  CHECK_FALSE(outages.fails(30 * second, low));
  CHECK_FALSE(outages.fails(40 * second, low));
  // Only where every call fails is it down.
  CHECK(outages.down_ns(3'600 * second) == 10 * second);
  CHECK(outages.count() == 1);
}

TEST_CASE("An outage that the horizon cuts counts up to there", "[sim][managed_api]") {
  Outages outages{std::nullopt, {outage(10, 20)}, core::Stream{1}};
  CHECK(outages.down_ns(15 * second) == 5 * second);
  Outages before{std::nullopt, {outage(10, 20)}, core::Stream{1}};
  CHECK(before.down_ns(10 * second) == 0);
  CHECK(before.count() == 0);
}
