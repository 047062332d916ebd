#include "sim/fleet/spot/spot_reader.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/yaml_reader.hpp"
#include "sim/fleet/spot/spot_fit.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view table =
    "schema: spot-zone/v1\norigin: somebody\ndate: 2023\nup: [[0, 3600], [1, 3600]]\ndown: [[0, 1800], [1, 1800]]\n";
constexpr std::string_view trace = R"({"metadata": {"gap_seconds": 3600}, "data": [1, 1, 1, 0]})";

std::string load(std::string_view name) {
  if (name == "t.json") { return std::string{trace}; }
  if (name == "rare.yaml") { return "schema: spot-zone/v1\norigin: o\ndate: d\nup: [[0, 1], [0.9999, 1], [1, 1e8]]\n"; }
  if (name == "short.yaml") { return "schema: spot-zone/v1\norigin: o\ndate: d\nup: [[0, 0], [1, 1]]\n"; }
  if (name == "bad.yaml") { return "schema: spot-zone/v1\norigin: o\ndate: d\nup: [[0, 2], [1, 1]]\n"; }
  if (name.starts_with("spot/")) { return std::string{table}; }
  throw core::ConfigError{"no such file"};
}

struct Read {
  std::optional<SpotConfig> config;
  std::vector<core::Assumption> assumptions;
};

Read read(std::string_view option) {
  core::Document document{"s.yaml", option};
  const core::Section root = document.root();
  Read got{.config = read_spot(root, load), .assumptions = {}};
  document.finish();
  got.assumptions = document.assumptions();
  return got;
}

std::string error_of(std::string_view zones) {
  try {
    (void)read("instance: aws/g6.xlarge\npurchase: {spot: {share: 60%, " + std::string{zones} + "}}\n");
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

std::string says(const Read& got, std::string_view key) {
  for (const core::Assumption& assumption : got.assumptions) {
    if (assumption.key == key) { return assumption.value + ": " + assumption.why; }
  }
  return "nothing";
}

}  // namespace

TEST_CASE("An option without spot has none", "[spot]") {
  CHECK_FALSE(read("{}").config);
  CHECK_FALSE(read("{purchase: {}}").config);
}

TEST_CASE("The short form of spot takes the zones that were measured, and says so", "[spot]") {
  const Read got = read("{instance: gcp/a, purchase: {spot: 60%}}");
  const SpotConfig& config = got.config.value();
  CHECK(config.share == 0.6);
  CHECK(config.over_provision == 0);
  CHECK(config.falls_back);
  CHECK(config.spreads);
  CHECK(config.notice == 30s);
  CHECK(config.retry_every == 30s);
  REQUIRE(config.zones.size() == 2);
  CHECK(config.zones[0].name == "us-west-2b");
  CHECK(config.zones[1].name == "us-west-2c");
  CHECK(config.zones[1].own_hazard_per_hour == 0);
  CHECK(says(got, "purchase.spot.zones") ==
        "us-west-2b, us-west-2c: two zones and their region, as a p3.2xlarge was to be had there in April 2023 (Wu et "
        "al., NSDI 2024): up 79 % and 73 % of the time, neither for 17 %; yours differ");
  CHECK(says(got, "purchase.spot.notice") ==
        "30s: the clouds' documentation: 2 min on AWS, 30 s on Google Cloud and Azure");
  CHECK(says(got, "purchase.spot.fall_back") == "on_demand: replicas that are wanted are had, at the higher price");
}

TEST_CASE("The usual zones are what was recorded of them, one by one and together", "[spot][reference]") {
  const std::string folder = "spot/preemption_1-node_aws-04-22-2023/";
  const auto b_text = test_support::read_reference_data(folder + "us-west-2b_v100_1.json");
  const auto c_text = test_support::read_reference_data(folder + "us-west-2c_v100_1.json");
  if (!b_text || !c_text) { return; }
  const SpotTrace b = read_spot_trace("b", *b_text);
  const SpotTrace c = read_spot_trace("c", *c_text);
  SpotTrace either{.up = {}, .length_ns = b.length_ns};
  double both_ns = 0;
  for (const SpotTrace::Span& x : b.up) {
    for (const SpotTrace::Span& y : c.up) {
      both_ns += static_cast<double>(
          std::max<std::int64_t>(0, std::min(x.end_ns, y.end_ns) - std::max(x.begin_ns, y.begin_ns)));
    }
  }
  std::vector<SpotTrace::Span> all{b.up};
  all.insert(all.end(), c.up.begin(), c.up.end());
  std::sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.begin_ns < y.begin_ns; });
  for (const SpotTrace::Span& span : all) {
    if (!either.up.empty() && span.begin_ns <= either.up.back().end_ns) {
      either.up.back().end_ns = std::max(either.up.back().end_ns, span.end_ns);
    } else {
      either.up.push_back(span);
    }
  }
  const SpotFit of_b = fit_spot(b);
  const SpotFit of_c = fit_spot(c);
  const SpotFit of_either = fit_spot(either);
  const double both = both_ns / static_cast<double>(b.length_ns);
  CHECK(both == Approx(0.698).margin(0.0005));
  CHECK(1 - of_either.availability == Approx(0.174).margin(0.0005));

  const SpotConfig config = read("{instance: aws/a, purchase: {spot: 60%}}").config.value();
  const UpDown region = config.region.value();
  const auto own = [&](std::size_t i) { return std::get<UpDown>(config.zones[i].pool); };
  const auto per_hour = [](const UpDown& times) { return 3.6e12 / times.up.mean_ns(); };
  const double up = region.availability();
  CHECK(up * own(0).availability() == Approx(of_b.availability).epsilon(0.005));
  CHECK(up * own(1).availability() == Approx(of_c.availability).epsilon(0.005));
  CHECK(up * own(0).availability() * own(1).availability() == Approx(both).epsilon(0.005));
  // Nothing was fitted to this one.
  CHECK(up * (1 - (1 - own(0).availability()) * (1 - own(1).availability())) ==
        Approx(of_either.availability).epsilon(0.005));
  CHECK(per_hour(region) == Approx(of_either.interruptions_per_up_hour).epsilon(0.005));
  CHECK(per_hour(region) + per_hour(own(0)) == Approx(of_b.interruptions_per_up_hour).epsilon(0.005));
  CHECK(per_hour(region) + per_hour(own(1)) == Approx(of_c.interruptions_per_up_hour).epsilon(0.005));
}

TEST_CASE("Everything that a scenario can say of spot is read", "[spot]") {
  const Read got = read(R"(
instance: aws/g6.xlarge
purchase:
  spot:
    share: 60%
    fall_back: none
    over_provision: 2
    notice: 90s
    retry_every: 1m
    spread: none
    correlation: 25%
    region: {up: 30d, down: 2h}
    zones:
      - {name: a, up: 3h, down: 40m}
      - {name: b, trace: t.json, start: 2h}
      - {name: c, from: spot/c}
      - {name: d, interruption: 5-10%, down: 2h}
      - {name: e, interruption: 25%}
      - {name: f, interruption: 0%}
)");
  const SpotConfig& config = got.config.value();
  CHECK(config.share == 0.6);
  CHECK_FALSE(config.falls_back);
  CHECK(config.over_provision == 2);
  CHECK(config.notice == 90s);
  CHECK(config.retry_every == 1min);
  CHECK_FALSE(config.spreads);
  CHECK(config.region->availability() == Approx(360.0 / 361).epsilon(1e-12));
  REQUIRE(config.zones.size() == 6);
  const auto own = [&](std::size_t i) { return config.zones[i].own_hazard_per_hour; };
  const auto up_hours = [&](std::size_t i) { return std::get<UpDown>(config.zones[i].pool).up.mean_ns() / 3.6e12; };
  CHECK(up_hours(0) == Approx(3).epsilon(1e-12));
  CHECK(own(0) == Approx(1.0).epsilon(1e-12));  // three times the pool's third
  const auto& replay = std::get<SpotReplay>(config.zones[1].pool);
  CHECK(replay.start == 2h);
  CHECK(replay.trace->length_ns == core::to_ns(4h));
  CHECK(own(1) == Approx(1.0).epsilon(1e-12));  // its pool ends once in three hours up
  CHECK(up_hours(2) == Approx(1).epsilon(1e-12));
  CHECK(up_hours(3) == Approx(730 / 0.10536051565782628 / 0.25).epsilon(1e-12));
  CHECK(own(3) == Approx(0.75 * 0.10536051565782628 / 730).epsilon(1e-12));
  CHECK(std::get<UpDown>(config.zones[3].pool).down.mean_ns() == Approx(7.2e12));
  CHECK(own(4) == Approx(0.75 * 0.2876820724517809 / 730).epsilon(1e-12));
  CHECK(std::get<UpDown>(config.zones[4].pool).down.mean_ns() == Approx(3.6e12));
  CHECK(std::holds_alternative<AlwaysUp>(config.zones[5].pool));
  CHECK(says(got, "purchase.spot.zones.c.from") == "spot/c: measured: somebody, 2023");
  CHECK(says(got, "purchase.spot.zones.d.interruption") == "5-10%: the bucket's upper edge, 10%");
  CHECK(says(got, "purchase.spot.zones.e.down") ==
        "1h: means of 0.8 to 3.6 h were measured in nine zones (Wu et al., NSDI 2024)");
}

TEST_CASE("What a scenario leaves out of spot is an assumption, by what the zone was measured as", "[spot]") {
  const Read got = read(R"(
instance: aws/g6.xlarge
purchase: {spot: {share: 1, zones: [{name: a, up: 3h, down: 40m}, {name: d, interruption: <5%}, {name: t, trace: t.json}]}}
)");
  CHECK(got.config->notice == 120s);
  CHECK(got.config->zones[0].own_hazard_per_hour == 0);
  CHECK(got.config->zones[1].own_hazard_per_hour == Approx(0.7 * 0.05129329438755058 / 730).epsilon(1e-12));
  CHECK(says(got, "purchase.spot.zones.a.correlation") ==
        "100%: instances of a zone are taken when it has no capacity left, all at once");
  CHECK(says(got, "purchase.spot.zones.d.correlation") == "30%: ours: no cloud says how many it takes at once");
  CHECK(says(got, "purchase.spot.zones.t.trace") == "t.json: a recording of 4 h 00 min, which begins again at its end");
  CHECK(says(got, "purchase.spot.retry_every") == "30s: ours; SkyServe's controller looks every 20 s");
  CHECK(says(got, "purchase.spot.over_provision") == "0 instances: no instance beyond those wanted");
}

TEST_CASE("Each slip in spot is an error that names its place", "[spot][errors]") {
  const std::string at = "s.yaml:2:";
  struct Slip {
    std::string zones;
    std::string says;
  };
  for (const Slip& slip : {
           Slip{"zones: []", "38: purchase.spot.zones: found an empty list, expected a list of at least one mapping"},
           Slip{"zones: [{name: a}]",
                "39: purchase.spot.zones.a.up: found no process, expected one of up and down, trace, from, "
                "interruption"},
           Slip{"zones: [{name: a, up: 1h, from: b}]",
                "53: purchase.spot.zones.a.up: found more than one process, expected one of up and down, trace, from, "
                "interruption"},
           Slip{"zones: [{name: a, up: 1h}]",
                "39: purchase.spot.zones.a.down: found nothing, expected a duration from "
                "1s to 87660h"},
           Slip{"zones: [{name: a, interruption: '>20%'}]",
                "63: purchase.spot.zones.a.interruption: found '>20%', expected a number, as 30%: this bucket has no "
                "upper edge"},
           Slip{"zones: [{name: a, interruption: 5-15%}]",
                "63: purchase.spot.zones.a.interruption: found '5-15%', expected <5%, 5-10%, 10-15%, 15-20%, or a "
                "probability below 100%, as 25%"},
           Slip{"zones: [{name: a, interruption: 100%}]",
                "63: purchase.spot.zones.a.interruption: found '100%', expected a share from 0% to 99.9% (such as 60% "
                "or 0.6)"},
           Slip{"zones: [{name: a, interruption: 1%}, {name: a, interruption: 1%}]",
                "75: purchase.spot.zones.a.name: found 'a' again, expected a name of its own for each zone"},
           Slip{"correlation: 0, zones: [{name: a, up: 1h, down: 1h}]",
                "69: purchase.spot.zones.a.up: found a zone's own times at a correlation of 0%, expected a correlation "
                "of at least 1%"},
           Slip{"correlation: 0.5%", "44: purchase.spot.correlation: found 0.5%, expected 0%, or 1% to 100%"},
           Slip{"correlation: 0%",
                "44: purchase.spot.correlation: found 0% of a zone's own times, expected 1% to 100%"},
           Slip{"region: {up: 1d, down: 1h}",
                "39: purchase.spot.region: found a region without zones, expected zones beside it"},
           Slip{"zones: [{name: a, trace: t.json, start: 5h}]",
                "71: purchase.spot.zones.a.start: found '5h', expected a duration from 0s to 4h"},
           Slip{"fallback: none",
                "31: purchase.spot: unknown key 'fallback'; did you mean 'fall_back'? (known: share, fall_back, "
                "over_provision, notice, retry_every, spread, correlation, region, zones)"},
       }) {
    CAPTURE(slip.zones);
    CHECK(error_of(slip.zones) == at + slip.says);
  }
  CHECK(error_of("zones: [{name: a, from: bad.yaml}]") ==
        "bad.yaml:4:5: up: found quantile points: found the value 1000000000 at quantile 1 after 2000000000, expected "
        "values that never fall, expected [share, seconds] pairs from share 0 to share 1, never falling");
  CHECK(error_of("zones: [{name: a, from: rare.yaml}]") ==
        "rare.yaml:4:5: up: found a longest time of more than 1000 means, expected how long the zone stays so, in "
        "seconds");
  CHECK(error_of("zones: [{name: a, from: short.yaml}]") ==
        "short.yaml:4:5: up: found a mean of less than a second, expected how long the zone stays so, in seconds");
}

}  // namespace sim
