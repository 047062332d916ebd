#include "sim/fleet/spot/spot_reader.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/fleet/spot/spot_fit.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;
using core::Section;
using core::traffic::TextLoader;

constexpr core::DurationRule dwell{.min = 1s, .max = 10 * 8766h};

struct Bucket {
  std::string_view words;
  double highest;  // probability of an interruption in a month
};
constexpr std::array<Bucket, 4> buckets{{{"<5%", 0.05}, {"5-10%", 0.10}, {"10-15%", 0.15}, {"15-20%", 0.20}}};
constexpr std::string_view bucket_expected = "<5%, 5-10%, 10-15%, 15-20%, or a probability below 100%, as 25%";

double read_interruption(const Section& zone) {
  const std::string text = zone.text("interruption", {.expected = bucket_expected});
  for (const Bucket& bucket : buckets) {
    if (text != bucket.words) { continue; }
    zone.assume("interruption", text, fmt::format("the bucket's upper edge, {}", core::config_share(bucket.highest)));
    return bucket.highest;
  }
  if (text == ">20%") { throw zone.error("interruption", "'>20%'", "a number, as 30%: this bucket has no upper edge"); }
  if (text.find_first_of("<>-") != std::string::npos) {
    throw zone.error("interruption", fmt::format("'{}'", text), bucket_expected);
  }
  return zone.share("interruption", {.min = 0, .max = 0.999});
}

// What the file does not say of correlation depends on what was measured.
double correlation_of(const Section& zone, const std::optional<double>& given, double fallback, std::string_view why) {
  if (given) { return *given; }
  zone.assume("correlation", core::config_share(fallback), why);
  return fallback;
}

constexpr std::string_view pool_why = "instances of a zone are taken when it has no capacity left, all at once";

SpotZone read_zone(const Section& zone, const std::optional<double>& correlation, const TextLoader& load_text) {
  const std::string name = zone.text("name", {.expected = "the zone's name"});
  const bool by_up = zone.has("up");
  const bool by_trace = zone.has("trace");
  const bool by_table = zone.has("from");
  const bool by_bucket = zone.has("interruption");
  if (int{by_up} + int{by_trace} + int{by_table} + int{by_bucket} != 1) {
    throw zone.error("up", by_up || by_trace || by_table || by_bucket ? "more than one process" : "no process",
                     "one of up and down, trace, from, interruption");
  }
  if (by_bucket) {
    const double probability = read_interruption(zone);
    const core::Duration down =
        zone.duration("down", {.min = dwell.min,
                               .max = dwell.max,
                               .fallback = 1h,
                               .why = "means of 0.8 to 3.6 h were measured in nine zones (Wu et al., NSDI 2024)"});
    const double share = correlation_of(zone, correlation, 0.3, "ours: no cloud says how many it takes at once");
    return SpotZone::interrupted(name, hazard_per_hour(probability), share, DwellTime::exponential(down));
  }
  const double share = correlation_of(zone, correlation, 1, pool_why);
  if (share == 0) {
    // Of an infinite hazard the zone would have no part.
    throw zone.error(by_up      ? "up"
                     : by_trace ? "trace"
                                : "from",
                     "a zone's own times at a correlation of 0%", "a correlation of at least 1%");
  }
  if (by_up) {
    zone.assume("up", zone.text("up"), "typed in; exponential, as is down");
    const UpDown times{DwellTime::exponential(zone.duration("up", dwell)),
                       DwellTime::exponential(zone.duration("down", dwell))};
    return SpotZone::alternating(name, times, share);
  }
  if (by_trace) {
    const std::string file = zone.text("trace");
    auto trace = std::make_shared<const SpotTrace>(read_spot_trace(file, load_text(file)));
    const core::Duration start = zone.duration(
        "start", {.max = core::Duration{trace->length_ns}, .fallback = 0s, .why = "from the trace's beginning"});
    zone.assume("trace", file,
                fmt::format("a recording of {}, which begins again at its end",
                            core::format_duration(core::Duration{trace->length_ns})));
    return SpotZone::replay(name, std::move(trace), start, share);
  }
  const std::string file = zone.text("from");
  const SpotTable table = read_spot_table(file, load_text(file));
  zone.assume("from", file, table.measured);
  return SpotZone::alternating(name, table.times, share);
}

// As a p3.2xlarge was to be had in us-west-2b and us-west-2c from 2023-04-22 on, at the same ticks (the traces of Wu et
// al., NSDI 2024). One by one they were up for 79.3 and 73.1 % of the time; were they independent, neither would have
// been for 5.6 %, and it was 17.4 %. So what they have in common is the region's: its times are those of "either is up"
// and of "both are" (69.8 %), and a zone's own make up the rest of its availability and of its interruptions.
void take_usual_zones(SpotConfig& config, const Section& section, std::string_view key, double correlation) {
  const auto minutes = [](int up, int down) {
    return UpDown{DwellTime::exponential(std::chrono::minutes{up}), DwellTime::exponential(std::chrono::minutes{down})};
  };
  config.zones.push_back(SpotZone::alternating("us-west-2b", minutes(1284, 61), correlation));
  config.zones.push_back(SpotZone::alternating("us-west-2c", minutes(346, 47), correlation));
  config.region = minutes(226, 46);
  section.assume(
      key, "us-west-2b, us-west-2c",
      "two zones and their region, as a p3.2xlarge was to be had there in April 2023 (Wu et al., NSDI 2024): "
      "up 79 % and 73 % of the time, neither for 17 %; yours differ");
}

core::Duration usual_notice(const Section& option) {
  const std::string instance = option.has("instance") ? option.text("instance") : "";
  return instance.starts_with("aws/") ? 120s : 30s;
}
constexpr std::string_view notice_why = "the clouds' documentation: 2 min on AWS, 30 s on Google Cloud and Azure";

}  // namespace

std::optional<SpotConfig> read_spot(const Section& option, const TextLoader& load_text) {
  const auto purchase = option.optional_section("purchase");
  if (!purchase || !purchase->has("spot")) { return std::nullopt; }
  SpotConfig config;
  config.notice = usual_notice(option);
  if (purchase->kind("spot") != Section::Kind::mapping) {
    config.share = purchase->share("spot");
    take_usual_zones(config, *purchase, "spot.zones", 1);
    purchase->assume("spot.notice", core::config_duration(config.notice), notice_why);
    purchase->assume("spot.fall_back", "on_demand", "replicas that are wanted are had, at the higher price");
    return config;
  }
  const Section spot = purchase->section("spot");
  config.share = spot.share("share");
  config.falls_back =
      spot.choice("fall_back", {"on_demand", "none"}, 0, "replicas that are wanted are had, at the higher price") == 0;
  config.over_provision = spot.integer(
      "over_provision",
      {.min = 0, .max = 10'000, .unit = "instances", .fallback = 0, .why = "no instance beyond those wanted"});
  config.notice = spot.duration("notice", {.min = 0s, .max = 1h, .fallback = config.notice, .why = notice_why});
  config.retry_every = spot.duration(
      "retry_every",
      {.min = 1s, .max = 24h, .fallback = config.retry_every, .why = "ours; SkyServe's controller looks every 20 s"});
  config.spreads = spot.choice("spread", {"zones", "none"}, 0, "evenly, so that one zone takes few of them") == 0;
  std::optional<double> correlation;
  if (spot.has("correlation")) { correlation = spot.share("correlation"); }
  if (correlation && *correlation > 0 && *correlation < 0.01) {
    throw spot.error("correlation", core::config_share(*correlation), "0%, or 1% to 100%");
  }
  if (const auto region = spot.optional_section("region")) {
    config.region = UpDown{DwellTime::exponential(region->duration("up", dwell)),
                           DwellTime::exponential(region->duration("down", dwell))};
  }
  if (!spot.has("zones")) {
    if (correlation == 0.0) { throw spot.error("correlation", "0% of a zone's own times", "1% to 100%"); }
    if (config.region) { throw spot.error("region", "a region without zones", "zones beside it"); }
    take_usual_zones(config, spot, "zones", correlation.value_or(1));
    return config;
  }
  std::set<std::string> names;
  for (const Section& zone : spot.sections("zones")) {
    config.zones.push_back(read_zone(zone, correlation, load_text));
    const std::string& name = config.zones.back().name;
    if (!names.insert(name).second) {
      throw zone.error("name", fmt::format("'{}' again", name), "a name of its own for each zone");
    }
  }
  constexpr std::size_t most_zones = 100;
  if (config.zones.size() > most_zones) {
    throw spot.error("zones", fmt::format("{} zones", config.zones.size()), "at most 100");
  }
  return config;
}

}  // namespace sim
